import { a as stampedApprovals, i as readSigned, n as openBundle, o as withGrants, r as openBundles, t as breakGlassIn } from "./open-bundles.mjs";

export { openBundle };