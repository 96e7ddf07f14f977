// src/policy/denials.ts
/** Both lists can be long: each policy is looked through once. */
const indexes = /* @__PURE__ */ new WeakMap();
/** What is denied of a person by name, or of a key by itself. With a `since`, what is proven to be older counts. */
function denialsOf({ deny }, principal, credential) {
	const index = indexes.get(deny) ?? indexOf(deny);
	indexes.set(deny, index);
	const key = credential.method === "pgp" ? credential.fingerprint : credential.method === "key" ? credential.hint : void 0;
	return [...index.get(`principal ${principal}`) ?? [], ...key === void 0 ? [] : index.get(`key ${key}`) ?? []];
}
function indexOf(deny) {
	const index = /* @__PURE__ */ new Map();
	const add = (name, denial) => {
		const known = index.get(name);
		if (known) known.push(denial);
		else index.set(name, [denial]);
	};
	for (const denial of deny) {
		if (denial.what.of === "principal") add(`principal ${denial.what.name}`, denial);
		if (denial.what.of === "key") add(`key ${denial.what.fingerprint ?? denial.what.hint ?? ""}`, denial);
	}
	return index;
}

export { denialsOf as t };