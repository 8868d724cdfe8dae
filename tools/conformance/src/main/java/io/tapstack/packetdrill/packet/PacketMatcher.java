package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.IpSpec;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.wire.TcpHeader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares an expected packet with a packet of the stack. Parts that the script does not specify are not compared. */
final class PacketMatcher {

    private final ComparedParts comparison;

    PacketMatcher(final ComparedParts comparison) {
        this.comparison = comparison;
    }

    /** The difference in words; empty if there is none. */
    Optional<String> difference(final PacketSpec expected, final PacketSpec actual) {
        return Optional.ofNullable(firstDifference(expected, actual));
    }

    private @Nullable String firstDifference(final PacketSpec expected, final PacketSpec actual) {
        if (expected.getClass() != actual.getClass()) {
            return "expected " + kind(expected) + ", not " + kind(actual);
        }
        final String ip = ip(expected.ip(), actual.ip());
        if (ip != null) {
            return ip;
        }
        final Ports ports = expected.ports();
        if (ports != null && !ports.equals(actual.ports())) {
            return "ports differ";
        }
        if (expected instanceof PacketSpec.Udp udp) {
            return number("payload length", udp.length(), ((PacketSpec.Udp) actual).length());
        }
        if (expected instanceof PacketSpec.Icmp icmp) {
            final PacketSpec.Icmp other = (PacketSpec.Icmp) actual;
            final String type = number("ICMP type", icmp.type(), other.type());
            return type != null ? type : number("ICMP code", icmp.code(), other.code());
        }
        return tcp((PacketSpec.Tcp) expected, (PacketSpec.Tcp) actual);
    }

    private static String kind(final PacketSpec packet) {
        return packet.getClass().getSimpleName().toUpperCase(java.util.Locale.ROOT);
    }

    private static @Nullable String ip(final IpSpec expected, final IpSpec actual) {
        final int ecn = actual.trafficClass() & 3;
        final String trafficClass =
                switch (expected.field()) {
                    case NONE -> null;
                    case ECN -> number("ECN field", expected.trafficClass(), ecn);
                    case ECT_ANY -> ecn == 1 || ecn == 2 ? null : "ECN field: expected ECT, but it is " + ecn;
                    case ALL -> number("tos", expected.trafficClass(), actual.trafficClass());
                };
        if (trafficClass != null) {
            return trafficClass;
        }
        if (expected.flowLabel() >= 0 && expected.flowLabel() != actual.flowLabel()) {
            return number("flow label", expected.flowLabel(), actual.flowLabel());
        }
        return expected.timeToLive() == 0 ? null : number("ttl", expected.timeToLive(), actual.timeToLive());
    }

    private @Nullable String tcp(final PacketSpec.Tcp expected, final PacketSpec.Tcp actual) {
        final int compared = comparison.push() ? -1 : ~TcpHeader.PSH;
        if ((expected.flags() & compared) != (actual.flags() & compared)) {
            return "flags: expected " + PacketText.flags(expected.flags()) + ", but they are "
                    + PacketText.flags(actual.flags());
        }
        String difference = number("sequence number", expected.sequence(), actual.sequence());
        difference = difference != null ? difference : number("payload length", expected.length(), actual.length());
        difference = difference != null
                ? difference
                : number("acknowledgment number", expected.acknowledgment(), actual.acknowledgment());
        if (difference == null && expected.window() >= 0) {
            difference = number("window", expected.window(), actual.window());
        }
        difference = difference != null
                ? difference
                : number("urgent pointer", expected.urgentPointer(), actual.urgentPointer());
        return difference != null ? difference : options(expected.options(), actual.options());
    }

    private @Nullable String options(final @Nullable List<TcpOption> expected, final @Nullable List<TcpOption> actual) {
        if (expected == null || actual == null) {
            return null;
        }
        boolean same = expected.size() == actual.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = matches(expected.get(i), actual.get(i));
        }
        return same ? null : "TCP options differ";
    }

    private boolean matches(final TcpOption expected, final TcpOption actual) {
        if (!(expected instanceof TcpOption.Timestamp wanted && actual instanceof TcpOption.Timestamp found)) {
            return expected.equals(actual);
        }
        final long ticks = Math.abs(found.value() - wanted.value());
        return ticks * comparison.microsPerTick() <= comparison.toleranceMicros()
                && (!comparison.echo() || found.echo() == wanted.echo());
    }

    private static @Nullable String number(final String what, final int expected, final int actual) {
        return expected == actual
                ? null
                : what + ": expected " + Integer.toUnsignedString(expected) + ", but it is "
                        + Integer.toUnsignedString(actual);
    }
}
