package io.tapstack.conformance.setting;

import io.tapstack.link.LinkCapabilities;
import io.tapstack.stack.NetworkStack;
import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.FastOpenPolicy;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;

/**
 * A {@code key=value} of the command line or of op 24. TCP's settings apply to sockets that are created from then on;
 * {@code mtu} and {@code iss} apply at once.
 */
public final class Setting {

    private static final String MTU = "mtu";
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MAX_MILLIS = 24 * 3_600_000;
    private static final int MIN_MSS = 48;
    private static final int MAX_MSS = 65_495;
    private static final int MAX_RECEIVE_WINDOW = 1 << 30;
    private static final int MAX_SHIFT = 14;
    private static final int MAX_INITIAL_WINDOW = 1_000;
    private static final int MAX_PROBES = 127;
    private static final int MAX_TTL = 255;
    private static final int MAX_BEACONS = 63;
    private static final long MAX_ISS = 0xFFFF_FFFFL;

    /** As many segments as Linux acknowledges at once at the start (TCP_MAX_QUICKACKS). */

    /**
     * Reads a value.
     *
     * @return its effect, or an {@link IllegalArgumentException}
     */
    private interface Key extends Function<String, BiConsumer<NetworkStack, TcpConfig>> {}

    private static final Map<String, Key> KEYS = new TreeMap<>(Map.ofEntries(
            Map.entry(MTU, text -> {
                final int bytes = number(text, LinkCapabilities.MIN_MTU, LinkCapabilities.MAX_MTU);
                return (stack, config) -> stack.internet()
                        .linkMtu(stack.ipv4().interfaces().get(0).link(), bytes);
            }),
            Map.entry("mss", tcp(text -> {
                final int bytes = number(text, 0, MAX_MSS);
                require(bytes == 0 || bytes >= MIN_MSS, "neither 0 nor at least " + MIN_MSS);
                return config -> config.maxSegment(bytes);
            })),
            Map.entry("rcvwnd", tcp(text -> {
                final int bytes = number(text, 1, MAX_RECEIVE_WINDOW);
                return config -> config.tunedReceiveBuffer(bytes, Math.max(bytes, config.receiveBufferLimit()));
            })),
            Map.entry("wscale", tcp(text -> {
                final int shift = number(text, -1, MAX_SHIFT);
                return config -> config.windowScaling(shift >= 0).windowShift(shift);
            })),
            Map.entry("timestamps", tcp(text -> {
                final boolean on = isOn(text);
                return config -> config.timestamps(on);
            })),
            Map.entry("sack", tcp(text -> {
                final boolean on = isOn(text);
                return config -> config.sack(on);
            })),
            Map.entry("ecn", tcp(text -> {
                final EcnMode mode = isNumber(text)
                        ? EcnMode.of(Integer.parseInt(text))
                        : EcnMode.valueOf(text.toUpperCase(Locale.ROOT));
                return config -> config.ecn(mode);
            })),
            Map.entry("ecn_option", tcp(text -> {
                final AccEcnOptionMode mode = isNumber(text)
                        ? AccEcnOptionMode.of(Integer.parseInt(text))
                        : AccEcnOptionMode.valueOf(text.toUpperCase(Locale.ROOT));
                return config -> config.accEcnOption(mode);
            })),
            Map.entry("ecn_option_beacon", tcp(text -> {
                final int times = number(text, 0, MAX_BEACONS);
                return config -> config.accEcnBeacons(times);
            })),
            Map.entry("abe", tcp(text -> {
                final boolean on = isOn(text);
                return config -> config.alternativeBackoff(on);
            })),
            Map.entry("delack", millis((config, nanos) -> config.delayedAckNanos(nanos))),
            Map.entry("quickack", tcp(text -> {
                final boolean on = isOn(text);
                return config -> config.quickAck(on);
            })),
            Map.entry("rto.initial", millis((config, nanos) -> config.initialRtoNanos(Math.max(1, nanos)))),
            Map.entry("rto.min", millis((config, nanos) -> config.minRtoNanos(nanos))),
            Map.entry("iw", tcp(text -> {
                final int segments = number(text, 1, MAX_INITIAL_WINDOW);
                return config -> config.initialWindowSegments(segments);
            })),
            Map.entry("cc", tcp(text -> {
                new TcpConfig().congestionControl(text);
                return config -> config.congestionControl(text);
            })),
            Map.entry("iss", text -> {
                final OptionalInt iss =
                        text.equals("rfc6528") ? OptionalInt.empty() : OptionalInt.of((int) number(text, 0, MAX_ISS));
                return (stack, config) -> stack.tcp().fixInitialSequenceNumber(iss);
            }),
            Map.entry("ttl", tcp(text -> {
                final int hops = number(text, 1, MAX_TTL);
                return config -> config.timeToLive(hops);
            })),
            Map.entry("syncookies", tcp(text -> {
                final SynCookieMode mode = SynCookieMode.valueOf(text.toUpperCase(Locale.ROOT));
                return config -> config.synCookies(mode);
            })),
            Map.entry("mtu_probing", tcp(text -> {
                final MtuProbingMode mode = MtuProbingMode.valueOf(text.toUpperCase(Locale.ROOT));
                return config -> config.mtuProbing(mode);
            })),
            Map.entry("fastopen", tcp(text -> {
                final FastOpenPolicy policy = FastOpenPolicy.of(Integer.decode(text));
                return config -> config.fastOpenPolicy(policy);
            })),
            Map.entry("fastopen_key", tcp(text -> {
                final FastOpenKeys keys = FastOpenKeys.parse(text);
                return config -> config.fastOpenKeys(keys);
            })),
            Map.entry("fastopen_blackhole_timeout_sec", tcp(text -> {
                final long nanos = number(text, 0, MAX_MILLIS / 1_000) * NANOS_PER_MILLI * 1_000;
                return config -> config.fastOpenPauseNanos(nanos);
            })),
            Map.entry("uto", tcp(text -> {
                final boolean on = isOn(text);
                return config -> config.userTimeoutOption(on);
            })),
            Map.entry("time_wait", millis((config, nanos) -> config.timeWaitNanos(nanos))),
            Map.entry("keepalive.idle", millis((config, nanos) -> config.keepAliveIdleNanos(Math.max(1, nanos)))),
            Map.entry(
                    "keepalive.interval", millis((config, nanos) -> config.keepAliveIntervalNanos(Math.max(1, nanos)))),
            Map.entry("keepalive.count", tcp(text -> {
                final int probes = number(text, 1, MAX_PROBES);
                return config -> config.keepAliveCount(probes);
            }))));

    private final String key;
    private final String value;
    private final BiConsumer<NetworkStack, TcpConfig> change;

    private Setting(final String key, final String value, final BiConsumer<NetworkStack, TcpConfig> change) {
        this.key = key;
        this.value = value;
        this.change = change;
    }

    /**
     * Reads {@code key=value}.
     *
     * @throws IllegalArgumentException if there is no such key, or the value is not one of the key's
     */
    public static Setting parse(final String text) {
        final int equals = Math.max(0, text.indexOf('='));
        final String name = text.substring(0, equals);
        final Key key = KEYS.get(name);
        if (key == null) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not key=value with one of the keys " + String.join(", ", keys()));
        }
        final String value = text.substring(equals + 1);
        try {
            return new Setting(name, value, key.apply(value));
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' has a value that makes no sense: " + e.getMessage(), e);
        }
    }

    /** The link's MTU in bytes, if this is the setting {@code mtu}. */
    public OptionalInt mtu() {
        return key.equals(MTU) ? OptionalInt.of(Integer.parseInt(value)) : OptionalInt.empty();
    }

    /** All keys, in order. */
    public static Set<String> keys() {
        return KEYS.keySet();
    }

    /**
     * Makes the change; called with the stack's lock held.
     *
     * @param defaults of sockets that are created from now on
     * @throws IllegalArgumentException if the stack's device does not allow it
     */
    public void apply(final NetworkStack stack, final TcpConfig defaults) {
        change.accept(stack, defaults);
    }

    @Override
    public String toString() {
        return key + "=" + value;
    }

    private static Key tcp(final Function<String, Consumer<TcpConfig>> reader) {
        return text -> {
            final Consumer<TcpConfig> set = reader.apply(text);
            return (stack, config) -> set.accept(config);
        };
    }

    private static Key millis(final ObjLongConsumer<TcpConfig> set) {
        return tcp(text -> {
            final long nanos = number(text, 0, MAX_MILLIS) * NANOS_PER_MILLI;
            return config -> set.accept(config, nanos);
        });
    }

    private static boolean isNumber(final String text) {
        return text.matches("[0-9]");
    }

    private static boolean isOn(final String text) {
        require(text.equals("on") || text.equals("off"), "neither on nor off");
        return text.equals("on");
    }

    private static int number(final String text, final int least, final int most) {
        return (int) number(text, least, (long) most);
    }

    private static long number(final String text, final long least, final long most) {
        final long number = text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : least - 1;
        require(number >= least && number <= most, "not a number from " + least + " to " + most);
        return number;
    }

    private static void require(final boolean sensible, final String complaint) {
        if (!sensible) {
            throw new IllegalArgumentException(complaint);
        }
    }
}
