import { t as LayoutIndex } from "./layout-index2.mjs";

export { LayoutIndex };