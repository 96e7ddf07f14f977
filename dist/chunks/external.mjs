import { n as externalSigningKey, r as publicKeyOf, t as assertExpectedKey } from "./external2.mjs";

export { publicKeyOf };