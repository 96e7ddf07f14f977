import { n as PUBLISHED_AS_PASSED } from "./record.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { p as toSecond } from "./text.mjs";

// src/image/registry/expected-tag.ts
/** Why an image is not what a tag is meant to name. */
const TAG_REASONS = {
	TAG_MOVED: {
		when: "a tag names another image than its newest signed publication: it was moved back, or by somebody else",
		fix: "publish the image that is meant with `countersign push-oras` and the publisher’s key; while a publication is running, repeat"
	},
	TAG_NOT_RECORDED: {
		when: "nobody who may publish has signed that the tag is to name an image, or only with a date that is to come",
		fix: "publish with `countersign push-oras` and the key of a principal that may publish"
	},
	TAG_RECORD_OLD: {
		when: "the newest signed publication of the tag is older than ⟨expect-tag-max-age⟩ allows",
		fix: "publish the image again, which signs that the tag still names it"
	}
};
/** Why the tag does not name this image by the word of a publisher; undefined when it does. */
function tagProblem(expected) {
	const { tag, place, digest, named, found, signers, mayPublish, now, maxAge, seen } = expected;
	const moved = (message) => problem("TAG_MOVED", message);
	if (named !== digest) return moved(`${tag} names ${named ?? "nothing"} and not the image that was verified`);
	if (typeof found === "string") return problem("TAG_NOT_RECORDED", `${found === "missing" ? "no" : "no readable"} publication of ${tag} is recorded`);
	if (found.reference !== `${place}@${digest}`) return moved(`${tag} names ${digest}, and its newest publication of ${found.publishedAt} is of ${found.reference}`);
	if (!signers.some(mayPublish)) {
		const by = [...new Set(signers.flat())];
		return problem("TAG_NOT_RECORDED", `the publication of ${tag} is ${by.length === 0 ? "not by anybody who is trusted" : `by ${by.join(", ")}, who may not publish`}`);
	}
	if (!found.tags.includes(tag)) return problem("TAG_NOT_RECORDED", `the publication is of ${found.tags.join(", ")}, not of ${tag}`);
	if (!PUBLISHED_AS_PASSED.includes(found.verdict)) return problem("TAG_NOT_RECORDED", `${tag} was published without a verdict`);
	const publishedAt = new Date(found.publishedAt);
	if (!(publishedAt.getTime() <= now.getTime() + 3e5)) return problem("TAG_NOT_RECORDED", `the publication of ${tag} is dated ahead, ${found.publishedAt}`);
	if (seen !== void 0 && publishedAt < new Date(seen)) return moved(`a publication of ${tag} of ${seen} was seen here before, and this one is of ${found.publishedAt}`);
	if (maxAge !== void 0 && !(publishedAt.getTime() >= now.getTime() - maxAge)) return problem("TAG_RECORD_OLD", `${tag} was published on ${toSecond(found.publishedAt)}`);
}
function problem(code, message) {
	return {
		code,
		message,
		hint: TAG_REASONS[code].fix
	};
}

export { tagProblem as n, TAG_REASONS as t };