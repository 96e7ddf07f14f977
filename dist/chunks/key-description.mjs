import { t as describeKeyFile } from "./key-description2.mjs";

export { describeKeyFile };