package io.tapstack.tcp.congestion;

import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Makes the congestion control of each connection that is set up with it
 * ({@code TcpConfig.congestionControl(factory)}). Immutable; {@link #create} is called with the lock of a stack held,
 * and if several stacks share a factory, by several threads at once.
 */
public final class CongestionControlFactory {

    /** The longest name that TCP_CONGESTION takes: TCP_CA_NAME_MAX of linux/tcp.h, less its zero. */
    private static final int LONGEST_NAME = 15;

    private final String name;
    private final LongFunction<? extends CongestionControl> maker;

    private CongestionControlFactory(final String name, final LongFunction<? extends CongestionControl> maker) {
        if (name.length() > LONGEST_NAME || !name.matches("[a-z0-9_-]+")) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no name of a congestion control:" + " 1 to 15 of a-z, 0-9, _ and -");
        }
        this.name = name;
        this.maker = Objects.requireNonNull(maker);
    }

    /**
     * A factory of congestion controls that use no chance.
     *
     * @param name what {@link CongestionControl#name()} answers: 1 to 15 of a-z, 0-9, _ and -
     * @param maker makes a new object each time, as each belongs to one connection
     * @throws IllegalArgumentException if {@code name} is not such a name
     */
    public static CongestionControlFactory of(final String name, final Supplier<? extends CongestionControl> maker) {
        return new CongestionControlFactory(name, seed -> maker.get());
    }

    /** The same for those that do; the seed is another one for each connection, and the same in a repeated run. */
    public static CongestionControlFactory seeded(
            final String name, final LongFunction<? extends CongestionControl> maker) {
        return new CongestionControlFactory(name, maker);
    }

    /** The name, by which TCP_CONGESTION knows it. */
    public String name() {
        return name;
    }

    /**
     * A new congestion control, for one connection.
     *
     * @param seed the start of its chance, if it uses any
     * @throws IllegalStateException if the new object has another name than this factory
     */
    public CongestionControl create(final long seed) {
        final CongestionControl made = maker.apply(seed);
        if (!made.name().equals(name)) {
            throw new IllegalStateException("the factory of '" + name + "' makes a '" + made.name() + "'");
        }
        return made;
    }

    @Override
    public String toString() {
        return name;
    }
}
