package io.tapstack.httpd;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The validators of one version of a file (RFC 9110 section 8.8).
 *
 * @param lastModified in whole seconds, as sent to the client
 * @param dateIsStrong true if that date stands for this version alone (8.8.2.2)
 */
record Validators(EntityTag tag, Instant lastModified, boolean dateIsStrong) {

    /**
     * The validators of a file in a state.
     *
     * @param dateIsUnique true if no other version is known to have the same date
     */
    static Validators of(final FileState file, final boolean dateIsUnique, final Instant now) {
        final Instant modified = file.modified().toInstant();
        // RFC 9110 8.8.2.1: never later than the Date of the response.
        final Instant told = (modified.isAfter(now) ? now : modified).truncatedTo(ChronoUnit.SECONDS);
        // The file may change again within the second in which its state was read.
        final boolean settled = !told.plusSeconds(1).isAfter(now);
        return new Validators(EntityTag.of(file, now), told, dateIsUnique && settled);
    }

    /** The same for a file that changes while it is read. */
    Validators weak() {
        return new Validators(new EntityTag(tag.quoted(), true), lastModified, false);
    }
}
