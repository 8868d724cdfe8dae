package io.tapstack.packetdrill.machine;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.packetdrill.packet.ComparedParts;
import io.tapstack.packetdrill.script.AddressMode;
import io.tapstack.packetdrill.script.Script;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.AddressFamily;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of scripts: the defaults of packetdrill, the command line's options, and then those of the script, later
 * ones winning.
 */
public final class PlaySettings {

    /** Options about packetdrill's inside, without effect here. */
    private static final Set<String> WITHOUT_MEANING =
            Set.of("speed", "mss", "code_command", "code_format", "code_sockopt", "debug", "define", "send_omit_free");

    private static final IpAddress LOCAL_IPV4 = IpAddress.parse("192.168.0.2");
    private static final IpAddress REMOTE_IPV4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress GATEWAY_IPV4 = IpAddress.parse("192.168.0.1");
    private static final int PREFIX_LENGTH_IPV4 = 16;
    private static final IpAddress LOCAL_IPV6 = IpAddress.parse("fd3d:fa7b:d17d::2");
    private static final IpAddress REMOTE_IPV6 = IpAddress.parse("2001:db8::1");
    private static final IpAddress GATEWAY_IPV6 = IpAddress.parse("fd3d:fa7b:d17d:8888::");
    private static final int PREFIX_LENGTH_IPV6 = 48;

    private long toleranceMicros;
    private double tolerancePercent = 12.5;
    private AddressMode mode = AddressMode.IPV4;
    private Set<AddressMode> modes = EnumSet.allOf(AddressMode.class);
    private Optional<IpAddress> local = Optional.empty();
    private Optional<IpAddress> remote = Optional.empty();
    private Optional<IpAddress> gateway = Optional.empty();
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
        copy.mode = mode;
        copy.modes = modes;
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
            case "local_ip" -> local = Optional.of(address(value));
            case "remote_ip" -> remote = Optional.of(address(value));
            case "gateway_ip" -> gateway = Optional.of(address(value));
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
                mode = AddressMode.of(value).orElseThrow(() -> new IllegalArgumentException(value));
                modes = EnumSet.of(mode);
            }
            case "ip_versions" -> modes = AddressMode.setOf(value);
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

    /** The family of sockets, and the version of packets. */
    public AddressMode mode() {
        return mode;
    }

    /** The modes that a script is for: that of its option {@code ip_version}, those of {@code ip_versions}, or all. */
    public Set<AddressMode> modes() {
        return modes;
    }

    /** The stack's address. */
    public IpAddress local() {
        return local.orElse(mode.hasIpv6Packets() ? LOCAL_IPV6 : LOCAL_IPV4);
    }

    /** The length of the prefix that the stack's address and the gateway share. */
    public int prefixLength() {
        return mode.hasIpv6Packets() ? PREFIX_LENGTH_IPV6 : PREFIX_LENGTH_IPV4;
    }

    /** The script's address. */
    public IpAddress remote() {
        return remote.orElse(mode.hasIpv6Packets() ? REMOTE_IPV6 : REMOTE_IPV4);
    }

    /** The router between them. */
    public IpAddress gateway() {
        return gateway.orElse(mode.hasIpv6Packets() ? GATEWAY_IPV6 : GATEWAY_IPV4);
    }

    /** The stack's address and port for sockets, if a script names none. */
    public SocketName localName() {
        return name(local(), bindPort);
    }

    /** The script's address and port for sockets, if it names none. */
    public SocketName remoteName() {
        return name(remote(), connectPort);
    }

    private SocketName name(final IpAddress address, final int port) {
        return new SocketName(
                mode.hasIpv6Sockets() ? AddressFamily.IPV6 : AddressFamily.IPV4, new Endpoint(address, port), 0);
    }

    /** @throws IllegalArgumentException if an address is not of the version of packets */
    public void requireOneVersion() {
        for (final IpAddress each : List.of(local(), remote(), gateway())) {
            if (each.isIpv4() == mode.hasIpv6Packets()) {
                throw new IllegalArgumentException(each + " is not an address for ip_version " + mode);
            }
        }
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
