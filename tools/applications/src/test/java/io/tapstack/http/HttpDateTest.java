package io.tapstack.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 5.6.7. */
class HttpDateTest {

    private static final Instant INSTANT = Instant.parse("1994-11-06T08:49:37Z");

    @ParameterizedTest
    @ValueSource(
            strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    void allThreeFormatsAreRead(final String text) {
        assertThat(HttpDate.parse(text)).contains(INSTANT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1994-11-06", "Sun, 06 Nov 1994 08:49:37 CET", "Mon, 06 Nov 1994 08:49:37 GMT"})
    void otherTextIsNoDate(final String text) {
        assertThat(HttpDate.parse(text)).isEmpty();
    }

    @Test
    void oneFormatIsWrittenWhateverTheLocale() {
        final Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(HttpDate.format(INSTANT)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(HttpDate.ofSecond(INSTANT.getEpochSecond())).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(HttpDate.ofSecond(INSTANT.getEpochSecond())).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
            assertThat(HttpDate.ofSecond(INSTANT.getEpochSecond() + 1)).isEqualTo("Sun, 06 Nov 1994 08:49:38 GMT");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aYearOfTwoDigitsIsNeverFarAhead() {
        final int thisYear = LocalDate.now(ZoneOffset.UTC).getYear();
        for (int i = 0; i < 100; i++) {
            final int year = i;
            Arrays.stream(DayOfWeek.values())
                    .map(day -> day.getDisplayName(TextStyle.FULL, Locale.ENGLISH))
                    .flatMap(day -> HttpDate.parse(String.format("%s, 06-Nov-%02d 08:49:37 GMT", day, year)).stream())
                    .forEach(date -> assertThat(date.atOffset(ZoneOffset.UTC).getYear())
                            .isBetween(thisYear - 50, thisYear + 50));
        }
    }
}
