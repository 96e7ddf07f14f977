import { t as requestTimestamp } from "./request.mjs";

export { requestTimestamp };