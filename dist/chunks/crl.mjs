import { t as parseCrl } from "./crl2.mjs";

export { parseCrl };