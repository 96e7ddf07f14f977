import { i as missingMessage, n as exportKyverno, r as kyvernoPage, t as KYVERNO_VERSION } from "./kyverno2.mjs";

export { exportKyverno, kyvernoPage };