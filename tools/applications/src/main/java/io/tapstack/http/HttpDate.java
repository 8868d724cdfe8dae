package io.tapstack.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;

/** Dates of HTTP (RFC 9110 section 5.6.7). Safe for use by several threads. */
public final class HttpDate {

    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ENGLISH);

    private record Formatted(long epochSecond, String text) {}

    private static volatile Formatted now = new Formatted(Long.MIN_VALUE, "");

    private HttpDate() {}

    /** The date of an instant, to the second. Years must have four digits. */
    public static String format(final Instant instant) {
        return IMF_FIXDATE.format(instant.atOffset(ZoneOffset.UTC));
    }

    /** The date of this second, formatted once per second. */
    public static String ofSecond(final long epochSecond) {
        final Formatted cached = now;
        if (cached.epochSecond == epochSecond) {
            return cached.text;
        }
        final String text = format(Instant.ofEpochSecond(epochSecond));
        now = new Formatted(epochSecond, text);
        return text;
    }

    /** Reads any of the three formats; empty for other text. */
    public static Optional<Instant> parse(final String text) {
        for (final DateTimeFormatter format : new DateTimeFormatter[] {IMF_FIXDATE, rfc850(), ASCTIME}) {
            try {
                return Optional.of(LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC));
            } catch (final DateTimeException e) {
                // Not this format: the next one may match.
            }
        }
        return Optional.empty();
    }

    /** A year of two digits that seems more than 50 years ahead is in the past. */
    private static DateTimeFormatter rfc850() {
        return new DateTimeFormatterBuilder()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(
                        ChronoField.YEAR, 2, 2, LocalDate.now(ZoneOffset.UTC).minusYears(49))
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH);
    }
}
