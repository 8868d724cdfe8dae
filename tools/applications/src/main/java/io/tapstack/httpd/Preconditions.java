package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import java.time.Instant;
import java.util.Optional;

/** Conditional requests: RFC 9110 section 13, in the order of its section 13.2.2. */
final class Preconditions {

    enum Outcome {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    private Preconditions() {}

    static Outcome evaluate(final RequestHead head, final Validators validators) {
        final EntityTag tag = validators.tag();
        final Instant lastModified = validators.lastModified();
        final Optional<String> ifMatch = head.field("If-Match");
        if (ifMatch.isPresent()) {
            if (!tag.isIn(ifMatch.get(), false)) {
                return Outcome.FAILED;
            }
        } else if (date(head, "If-Unmodified-Since")
                .filter(lastModified::isAfter)
                .isPresent()) {
            return Outcome.FAILED;
        }
        final Optional<String> ifNoneMatch = head.field("If-None-Match");
        if (ifNoneMatch.isPresent()) {
            return tag.isIn(ifNoneMatch.get(), true) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
        }
        final Optional<Instant> since = date(head, "If-Modified-Since");
        return since.isPresent() && !lastModified.isAfter(since.get()) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }

    /**
     * True if a Range field is valid: without If-Range, or if If-Range names exactly this version (RFC 9110 section
     * 13.1.5).
     */
    static boolean rangeApplies(final RequestHead head, final Validators validators) {
        final Optional<String> ifRange = head.field("If-Range");
        if (ifRange.isEmpty()) {
            return true;
        }
        final String validator = ifRange.get().strip();
        if (validator.endsWith("\"")) {
            return validators.tag().matchesStrongly(validator);
        }
        return validators.dateIsStrong()
                && HttpDate.parse(validator)
                        .filter(validators.lastModified()::equals)
                        .isPresent();
    }

    private static Optional<Instant> date(final RequestHead head, final String name) {
        return head.field(name).flatMap(value -> HttpDate.parse(value.strip()));
    }
}
