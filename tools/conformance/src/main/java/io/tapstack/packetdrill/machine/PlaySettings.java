package io.tapstack.packetdrill.machine;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.packetdrill.packet.ComparedParts;
import io.tapstack.packetdrill.script.Script;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The settings of scripts: the defaults of packetdrill, the command line's options, and then those of the script, later
 * ones winning.
 */
public final class PlaySettings {

    /** Options about packetdrill's inside, without effect here. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of("speed", "mss", "code_command", "code_format", "code_sockopt", "debug", "define", "send_omit_free");

    private long toleranceMicros;
    private double tolerancePercent = 12.5;
    private IpAddress local = IpAddress.parse("192.168.0.2");
    private IpAddress remote = IpAddress.parse("192.0.2.1");
    private IpAddress gateway = IpAddress.parse("192.168.0.1");
    private int bindPort = 8080;
    private int connectPort = 8080;
    private int mtu = 1500;
    private long timestampTickMicros;
    private boolean checkEcho;
    private boolean ignorePush;
    private boolean strictSegments;
    private boolean failOnUnexpected;
    private boolean virtualTimeOnly;
    private final List<String> stackSettings = new ArrayList<>();
    private boolean verbose;
    private boolean dryRun;

    /** @param toleranceMicros the tolerance of times */
    public PlaySettings(final long toleranceMicros) {
        this.toleranceMicros = toleranceMicros;
    }

    /** An independent copy. */
    public PlaySettings copy() {
        final PlaySettings copy = new PlaySettings(toleranceMicros);
        copy.tolerancePercent = tolerancePercent;
        copy.local = local;
        copy.remote = remote;
        copy.gateway = gateway;
        copy.bindPort = bindPort;
        copy.connectPort = connectPort;
        copy.mtu = mtu;
        copy.timestampTickMicros = timestampTickMicros;
        copy.checkEcho = checkEcho;
        copy.ignorePush = ignorePush;
        copy.strictSegments = strictSegments;
        copy.failOnUnexpected = failOnUnexpected;
        copy.virtualTimeOnly = virtualTimeOnly;
        copy.stackSettings.addAll(stackSettings);
        copy.verbose = verbose;
        copy.dryRun = dryRun;
        return copy;
    }

    /** Applies the options of a script. */
    public void apply(final List<Script.Option> options) throws ScriptException {
        for (final Script.Option option : options) {
            try {
                set(option.name(), option.value());
            } catch (final UnsupportedOperationException e) {
                throw ScriptException.unsupported(option.line(), String.valueOf(e.getMessage()));
            } catch (final IllegalArgumentException e) {
                throw new ScriptException(option.line(), "bad --" + option.name() + ": " + option.value());
            }
        }
    }

    /**
     * Sets one option.
     *
     * @throws UnsupportedOperationException if there is no such option, with its name
     * @throws IllegalArgumentException if it cannot have this value
     */
    public void set(final String name, final String value) {
        switch (name) {
            case "tolerance_usecs" -> toleranceMicros = Long.parseLong(value);
            case "tolerance_percent" -> tolerancePercent = Double.parseDouble(value);
            case "local_ip" -> local = address(value);
            case "remote_ip" -> remote = address(value);
            case "gateway_ip" -> gateway = address(value);
            case "netmask_ip" -> address(value);
            case "bind_port" -> bindPort = port(value);
            case "connect_port" -> connectPort = port(value);
            case "mtu" -> mtu = Integer.parseInt(value);
            case "tcp_ts_tick_usecs" -> timestampTickMicros = Long.parseLong(value);
            case "tcp_ts_ecr_scaled" -> {
                // An echo that was never sent is always scaled here.
            }
            case "check_ts_ecr" -> checkEcho = flag(value);
            case "ignore_psh" -> ignorePush = flag(value);
            case "strict_segments" -> strictSegments = flag(value);
            case "unexpected" -> failOnUnexpected = oneOf(value, "fail", "ignore");
            case "stack" -> stackSettings.add(Setting.parse(value).toString());
            case "virtual_time_only" -> virtualTimeOnly = flag(value);
            case "verbose" -> verbose = flag(value);
            case "dry_run" -> dryRun = flag(value);
            case "ip_version" -> {
                if (!value.equals("ipv4")) {
                    throw new UnsupportedOperationException("ip_version " + value);
                }
            }
            default -> {
                if (!WITHOUT_MEANING.contains(name)) {
                    throw new UnsupportedOperationException("option --" + name);
                }
            }
        }
    }

    private static IpAddress address(final String value) {
        return IpAddress.parse(value.replaceFirst("/.*", ""));
    }

    private static int port(final String value) {
        final int port = Integer.parseInt(value);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException(value);
        }
        return port;
    }

    private static boolean flag(final String value) {
        return value.isEmpty() || oneOf(value, "1", "0");
    }

    private static boolean oneOf(final String value, final String yes, final String no) {
        if (!value.equals(yes) && !value.equals(no)) {
            throw new IllegalArgumentException(value);
        }
        return value.equals(yes);
    }

    /** The smallest tolerance of times. */
    public long toleranceMicros() {
        return toleranceMicros;
    }

    /** The tolerance of the time of an event {@code micros} after the one before. */
    public long toleranceMicros(final long micros) {
        return Math.max(toleranceMicros, (long) (micros * tolerancePercent / 100));
    }

    /** The stack's address. */
    public IpAddress local() {
        return local;
    }

    /** The script's address. */
    public IpAddress remote() {
        return remote;
    }

    /** The router between them. */
    public IpAddress gateway() {
        return gateway;
    }

    /** The stack's port if a script names none. */
    public int bindPort() {
        return bindPort;
    }

    /** The script's port if it names none and the stack connects. */
    public int connectPort() {
        return connectPort;
    }

    /** Largest IP packet of the link. */
    public int mtu() {
        return mtu;
    }

    /** The compared parts of segments. */
    public ComparedParts comparison() {
        return new ComparedParts(timestampTickMicros, toleranceMicros, checkEcho, !ignorePush);
    }

    /** True if one expected segment has to be one packet. */
    public boolean strictSegments() {
        return strictSegments;
    }

    /** True if a packet that the script does not mention is an error. */
    public boolean failOnUnexpected() {
        return failOnUnexpected;
    }

    /** True if playing in real time would take too long. */
    public boolean virtualTimeOnly() {
        return virtualTimeOnly;
    }

    /**
     * {@code key=value} settings of our own stack ({@link Setting}); a script with them cannot be played against
     * another stack.
     */
    public List<String> stackSettings() {
        return List.copyOf(stackSettings);
    }

    /** True to print every packet. */
    public boolean verbose() {
        return verbose;
    }

    /** True to only parse scripts. */
    public boolean dryRun() {
        return dryRun;
    }
}
