import { t as externalSigningKey } from "./external2.mjs";

export { externalSigningKey };