import { i as refusal, n as describePgpKeys, r as readSecretKey, t as cannotSign } from "./secret-key2.mjs";

export { describePgpKeys };