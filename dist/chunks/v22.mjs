import { t as require_v2 } from "./v2.mjs";

export default require_v2();

export {  };