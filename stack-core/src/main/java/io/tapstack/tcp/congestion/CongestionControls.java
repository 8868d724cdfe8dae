package io.tapstack.tcp.congestion;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** The congestion controls that there are, by name (TCP_CONGESTION). Safe for use by any thread. */
public final class CongestionControls {

    private static final Map<String, LongFunction<CongestionControl>> BY_NAME = new TreeMap<>(Map.of(
            "tahoe", seed -> new Tahoe(),
            "reno", seed -> new Reno(),
            "newreno", seed -> new NewReno(),
            "cubic", seed -> new Cubic(),
            "bbr", Bbr::new));

    private CongestionControls() {}

    /** The names, in order. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    /**
     * The name as {@link #create} wants it.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public static String checked(final String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        if (!BY_NAME.containsKey(lower)) {
            throw new IllegalArgumentException(
                    "no congestion control " + name + ": there are " + String.join(", ", names()));
        }
        return lower;
    }

    /**
     * A new one, for one connection.
     *
     * @param seed what its chance begins with, if it uses any
     */
    public static CongestionControl create(final String name, final long seed) {
        return Objects.requireNonNull(BY_NAME.get(checked(name))).apply(seed);
    }

    /**
     * What an established connection has from now on: {@code previous} itself if that is of this name, otherwise a new
     * one that goes on with its window.
     *
     * @param seed as of {@link #create}
     */
    public static CongestionControl successor(
            final CongestionControl previous,
            final String name,
            final long seed,
            final int mss,
            final int initialWindow) {
        if (previous.name().equals(checked(name))) {
            return previous;
        }
        final CongestionControl successor = create(name, seed);
        successor.established(mss, initialWindow);
        successor.takeOver(previous);
        return successor;
    }
}
