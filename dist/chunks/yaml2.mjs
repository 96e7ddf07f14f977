import { n as parseForeignYaml, r as parseYaml, t as parseAnyYaml } from "./yaml.mjs";

export { parseForeignYaml };