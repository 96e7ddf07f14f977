import { n as podmanReference, r as scopesOf, t as isPolicyScope } from "./scopes2.mjs";

export { podmanReference };