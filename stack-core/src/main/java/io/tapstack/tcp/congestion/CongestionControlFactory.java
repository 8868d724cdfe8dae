package io.tapstack.tcp.congestion;

import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Creates the congestion control of each connection with this factory in its configuration
 * ({@code TcpConfig.congestionControl(factory)}). Immutable. {@link #create} is called with the lock of a stack held;
 * if stacks share a factory, several threads call it at the same time.
 */
public final class CongestionControlFactory {

    /** Limit of a name for TCP_CONGESTION: TCP_CA_NAME_MAX of linux/tcp.h, without the terminating zero. */
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
     * A factory of congestion controls that use no random numbers.
     *
     * @param name the value of {@link CongestionControl#name()}: 1 to 15 of a-z, 0-9, _ and -
     * @param maker creates a new object at each call, as each belongs to one connection
     * @throws IllegalArgumentException if {@code name} is not such a name
     */
    public static CongestionControlFactory of(final String name, final Supplier<? extends CongestionControl> maker) {
        return new CongestionControlFactory(name, seed -> maker.get());
    }

    /**
     * A factory of congestion controls that use random numbers. Each connection gets a different seed; a repeated run
     * gets the same seeds.
     */
    public static CongestionControlFactory seeded(
            final String name, final LongFunction<? extends CongestionControl> maker) {
        return new CongestionControlFactory(name, maker);
    }

    /** The name for TCP_CONGESTION. */
    public String name() {
        return name;
    }

    /**
     * Creates a congestion control for one connection.
     *
     * @param seed seed of its random numbers, if it uses any
     * @throws IllegalStateException if the name of the new object differs from that of the factory
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
