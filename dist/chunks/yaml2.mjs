import { n as parseYaml, t as parseAnyYaml } from "./yaml.mjs";

export { parseYaml };