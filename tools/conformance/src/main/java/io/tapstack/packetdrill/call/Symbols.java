package io.tapstack.packetdrill.call;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** Names of constants and their numbers on Linux (x86-64), from tables that are resources of this package. */
public final class Symbols {

    private static final Map<String, Long> CONSTANTS = read("constants.txt");
    private static final Map<String, Long> ERRORS = read("errors.txt");

    /** Errors with a second name. */
    private static final Map<String, String> OTHER_NAMES = Map.of("EWOULDBLOCK", "EAGAIN", "ENOTSUP", "EOPNOTSUPP");

    private Symbols() {}

    private static Map<String, Long> read(final String table) {
        try (InputStream bytes = Symbols.class.getResourceAsStream(table)) {
            if (bytes == null) {
                throw new IllegalStateException(table + " is not on the class path");
            }
            final Map<String, Long> numbers = new HashMap<>();
            final BufferedReader rows = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.US_ASCII));
            rows.lines().forEach(row -> {
                final int space = row.indexOf(' ');
                numbers.put(row.substring(0, space), Long.decode(row.substring(space + 1)));
            });
            return numbers;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of a constant; empty for an unknown one. */
    public static OptionalLong constant(final String name) {
        return number(CONSTANTS, name);
    }

    /** The number of an error such as {@code EAGAIN}; empty for an unknown one. */
    public static OptionalLong errno(final String name) {
        return number(ERRORS, OTHER_NAMES.getOrDefault(name, name));
    }

    /** The name of an error number. */
    public static String errnoName(final long number) {
        return ERRORS.entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("errno " + number);
    }

    private static OptionalLong number(final Map<String, Long> numbers, final String name) {
        final Long number = numbers.get(name);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
