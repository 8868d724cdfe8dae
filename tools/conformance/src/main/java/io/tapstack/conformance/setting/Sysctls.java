package io.tapstack.conformance.setting;

import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.FastOpenPolicy;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * Linux's parameters (tcp(7), the kernel's ip-sysctl.rst) as settings of our stack. There are three kinds: parameters
 * with a setting here; parameters with the stack's fixed behaviour as their only value; and parameters of the kernel's
 * inside, which change nothing on the wire.
 */
public final class Sysctls {

    private static final String TCP = "net.ipv4.tcp_";
    private static final long MILLIS = 1_000_000;
    private static final long SECONDS = 1_000_000_000;
    private static final int MAX_SHIFT = 14;
    private static final int MAX_UNSCALED = 65_535;

    private static final Map<String, BiConsumer<TcpConfig, String>> SETTINGS = Map.ofEntries(
            Map.entry("timestamps", (config, value) -> config.timestamps(!value.equals("0"))),
            Map.entry("window_scaling", (config, value) -> config.windowScaling(!value.equals("0"))),
            Map.entry("sack", (config, value) -> config.sack(!value.equals("0"))),
            Map.entry("ecn", (config, value) -> config.ecn(EcnMode.of(Integer.parseInt(value)))),
            Map.entry(
                    "ecn_option", (config, value) -> config.accEcnOption(AccEcnOptionMode.of(Integer.parseInt(value)))),
            Map.entry("ecn_option_beacon", (config, value) -> config.accEcnBeacons(Integer.parseInt(value))),
            Map.entry("syncookies", (config, value) -> config.synCookies(cookies(value))),
            Map.entry("congestion_control", TcpConfig::congestionControl),
            Map.entry("rmem", Sysctls::receiveMemory),
            Map.entry("wmem", Sysctls::sendMemory),
            Map.entry("fastopen", (config, value) -> config.fastOpenPolicy(FastOpenPolicy.of(Integer.decode(value)))),
            Map.entry("fastopen_key", (config, value) -> config.fastOpenKeys(FastOpenKeys.parse(value))),
            Map.entry(
                    "fastopen_blackhole_timeout_sec",
                    (config, value) -> config.fastOpenPauseNanos(Long.parseLong(value) * SECONDS)),
            Map.entry("notsent_lowat", (config, value) -> config.notSentLowWaterElse(notSentLowWater(value))),
            Map.entry("mtu_probing", (config, value) -> config.mtuProbing(mtuProbing(value))),
            Map.entry("syn_retries", (config, value) -> config.synRetries(Integer.parseInt(value))),
            Map.entry("synack_retries", (config, value) -> config.synAckRetries(Integer.parseInt(value))),
            Map.entry("retries2", (config, value) -> config.dataRetries(Integer.parseInt(value))),
            Map.entry("fin_timeout", (config, value) -> config.finWait2Nanos(Long.parseLong(value) * SECONDS)),
            Map.entry("keepalive_time", (config, value) -> config.keepAliveIdleNanos(Long.parseLong(value) * SECONDS)),
            Map.entry(
                    "keepalive_intvl",
                    (config, value) -> config.keepAliveIntervalNanos(Long.parseLong(value) * SECONDS)),
            Map.entry("keepalive_probes", (config, value) -> config.keepAliveCount(Integer.parseInt(value))),
            Map.entry("rto_min_us", (config, value) -> config.minRtoNanos(Long.parseLong(value) * 1_000)),
            Map.entry("rto_max_ms", (config, value) -> config.maxRtoNanos(Long.parseLong(value) * MILLIS)));

    /** The fixed behaviour of the stack. */
    private static final Map<String, Pattern> FIXED = Map.of(
            "rfc1337", Pattern.compile("1"),
            "retries1", Pattern.compile("3"),
            "syn_linear_timeouts", Pattern.compile("0"),
            "dsack", Pattern.compile("1"),
            "fack", Pattern.compile("0"),
            "reordering", Pattern.compile("3"),
            "frto", Pattern.compile("[12]"),
            "recovery", Pattern.compile("0?x?[01]"),
            "ecn_fallback", Pattern.compile("1"),
            "early_retrans", Pattern.compile("[34]"));

    /** The kernel's batching, its memory between connections, and the like. */
    private static final Pattern WITHOUT_EFFECT = Pattern.compile("net\\.core\\..*|net\\.ipv4\\.tcp_("
            + "tso_win_divisor|pacing_.*|no_metrics_save|min_tso_segs|limit_output_bytes|autocorking"
            + "|moderate_rcvbuf|adv_win_scale|app_win|tw_reuse|slow_start_after_idle|comp_sack_.*|thin_.*"
            + "|invalid_ratelimit|challenge_ack_limit|min_rtt_wlen|mem|max_syn_backlog|backlog_ack_defer)");

    private Sysctls() {}

    /**
     * Sets a parameter.
     *
     * @return false if it is unknown, or cannot have this value here
     * @throws IllegalArgumentException if it can never have this value
     */
    public static boolean set(final TcpConfig config, final String name, final String value) {
        if (name.equals("net.ipv4.ip_default_ttl")) {
            config.timeToLive(Integer.parseInt(value));
            return true;
        }
        if (name.startsWith(TCP)) {
            final String parameter = name.substring(TCP.length());
            final BiConsumer<TcpConfig, String> setting = SETTINGS.get(parameter);
            if (setting != null) {
                setting.accept(config, value);
                return true;
            }
            final Pattern fixed = FIXED.get(parameter);
            if (fixed != null) {
                return fixed.matcher(value).matches();
            }
        }
        return WITHOUT_EFFECT.matcher(name).matches();
    }

    /** An unsigned number on Linux, whose largest value is the default. */
    private static int notSentLowWater(final String value) {
        return (int) Math.max(1, Math.min(Long.parseLong(value), Integer.MAX_VALUE));
    }

    private static MtuProbingMode mtuProbing(final String value) {
        return switch (value) {
            case "0" -> MtuProbingMode.OFF;
            case "1" -> MtuProbingMode.BLACK_HOLE;
            case "2" -> MtuProbingMode.ON;
            default -> throw new IllegalArgumentException(value);
        };
    }

    private static SynCookieMode cookies(final String value) {
        return switch (value) {
            case "0" -> SynCookieMode.NEVER;
            case "1" -> SynCookieMode.AUTO;
            case "2" -> SynCookieMode.ALWAYS;
            default -> throw new IllegalArgumentException(value);
        };
    }

    /** The second number is the buffer at the start, the third its maximum. */
    private static void sendMemory(final TcpConfig config, final String value) {
        final int[] bytes = triple(value);
        config.tunedSendBuffer(bytes[1], Math.max(bytes[1], bytes[2]));
    }

    /** The second number is the buffer at the start; the third, its maximum, decides the shift (RFC 7323 2.3). */
    private static void receiveMemory(final TcpConfig config, final String value) {
        final int[] bytes = triple(value);
        int shift = 0;
        while (shift < MAX_SHIFT && bytes[2] >>> shift > MAX_UNSCALED) {
            shift++;
        }
        config.receiveBufferBytes(bytes[1]).windowShift(shift);
    }

    private static int[] triple(final String value) {
        final String[] words = value.trim().split("\\s+");
        if (words.length != 3) {
            throw new IllegalArgumentException(value);
        }
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2])};
    }
}
