import { a as stampedApprovals, i as openBundles, n as listersOf, o as withGrants, r as openBundle, t as earlierThan } from "./open-bundles2.mjs";

export { openBundle };