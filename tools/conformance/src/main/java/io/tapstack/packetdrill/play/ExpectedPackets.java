package io.tapstack.packetdrill.play;

import io.tapstack.packetdrill.machine.Machine;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.packet.PacketText;
import io.tapstack.packetdrill.packet.ScriptFlow;
import io.tapstack.packetdrill.packet.ScriptFlows;
import io.tapstack.packetdrill.packet.WirePacket;
import io.tapstack.packetdrill.script.Event;
import io.tapstack.packetdrill.script.EventTime;
import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.ScriptException;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares the packets of the stack with those that the script expects. */
final class ExpectedPackets {

    /** Longest wait for a packet beyond its time, to be able to report that it came late. */
    private static final long GRACE_MICROS = 3_000_000;
    /** Longest wait for a packet that may come at any time. */
    private static final long ANY_TIME_MICROS = 10_000_000;

    private final Machine machine;
    private final ScriptFlows flows;
    private final PlaySettings settings;
    private final Consumer<String> log;
    /** Packets that the script has not mentioned yet, in order. */
    private final Deque<WirePacket> unseen = new ArrayDeque<>();

    ExpectedPackets(
            final Machine machine, final ScriptFlows flows, final PlaySettings settings, final Consumer<String> log) {
        this.machine = machine;
        this.flows = flows;
        this.settings = settings;
        this.log = log;
    }

    /** Requires this packet between {@code start} and {@code end}, with {@code tolerance}. */
    void expect(final PacketSpec packet, final Event event, final long start, final long end, final long tolerance)
            throws ScriptException, IOException {
        final ScriptFlow flow;
        try {
            flow = flows.outbound(packet);
        } catch (final IOException e) {
            throw new ScriptException(event.line(), "error handling packet: " + e.getMessage());
        }
        final boolean anyTime = event.time().kind() == EventTime.Kind.ANY;
        final long until =
                anyTime ? machine.now() + ANY_TIME_MICROS : Math.max(machine.now(), end) + tolerance + GRACE_MICROS;
        final WirePacket first = next(flow, until).orElse(null);
        if (first == null) {
            throw new ScriptException(
                    event.line(),
                    "error handling packet: nothing was sent until " + Times.seconds(until) + " sec"
                            + dump("script", start, PacketText.of(packet)));
        }
        verifyChecksums(first, event);
        final WirePacket actual = packet instanceof PacketSpec.Tcp tcp && !settings.strictSegments()
                ? whole(first, tcp, flow, event, until)
                : first;
        final Optional<String> difference = flows.compare(packet, actual, flow);
        final String packets = dump("script", start, PacketText.of(packet))
                + dump("actual", actual.micros(), flows.describe(actual, flow));
        if (difference.isPresent()) {
            throw new ScriptException(event.line(), "error handling packet: " + difference.get() + packets);
        }
        if (!anyTime && (actual.micros() < start - tolerance || actual.micros() > end + tolerance)) {
            throw new ScriptException(
                    event.line(),
                    "error handling packet: "
                            + (start == end
                                    ? Times.error("outbound packet", start, actual.micros(), tolerance)
                                    : Times.rangeError("outbound packet", start, end, actual.micros(), tolerance))
                            + packets);
        }
    }

    private void verifyChecksums(final WirePacket packet, final Event event) throws ScriptException {
        try {
            packet.verifyChecksums();
        } catch (final IOException e) {
            throw new ScriptException(
                    event.line(),
                    "error handling packet: " + e.getMessage()
                            + dump("actual", packet.micros(), flows.describe(packet)));
        }
    }

    private static String dump(final String what, final long micros, final String packet) {
        return "\n" + what + " packet: " + Times.seconds(micros) + " " + packet;
    }

    /**
     * The segment together with the following ones, as far as the script has them as one. Linux sets PSH in every
     * packet that a device cuts, so a script written for it expects PSH where several full segments are one; of these
     * PSH is not required.
     */
    private WirePacket whole(
            final WirePacket first,
            final PacketSpec.Tcp expected,
            final ScriptFlow flow,
            final Event event,
            final long until)
            throws ScriptException, IOException {
        final WirePacket whole = joined(first, expected.length(), flow, event, until);
        return whole == first || (expected.flags() & TcpHeader.PSH) == 0 ? whole : whole.pushed();
    }

    private WirePacket joined(
            final WirePacket first, final int length, final ScriptFlow flow, final Event event, final long until)
            throws ScriptException, IOException {
        WirePacket whole = first;
        WirePacket last = first;
        while (whole.payloadLength() < length && last.payloadLength() > 0) {
            final Optional<WirePacket> next = next(flow, until);
            if (next.isEmpty()) {
                return whole;
            }
            if (!last.isContinuedBy(next.get())) {
                unseen.addFirst(next.get());
                return whole;
            }
            last = next.get();
            verifyChecksums(last, event);
            whole = whole.and(last);
        }
        return whole;
    }

    /** The next packet of a connection; packets of others stay. */
    private Optional<WirePacket> next(final ScriptFlow flow, final long until) throws IOException {
        for (final Iterator<WirePacket> packets = unseen.iterator(); packets.hasNext(); ) {
            final WirePacket packet = packets.next();
            if (flows.isOf(packet, flow)) {
                packets.remove();
                return Optional.of(packet);
            }
        }
        while (true) {
            final Optional<WirePacket> packet = machine.receive(until);
            if (packet.isEmpty()) {
                return packet;
            }
            if (take(packet.get()) && flows.isOf(packet.get(), flow)) {
                unseen.removeLast();
                return packet;
            }
        }
    }

    /**
     * Stores a packet.
     *
     * @return false if it is not for the script at all
     */
    private boolean take(final WirePacket packet) {
        if (!flows.concerns(packet)) {
            return false;
        }
        log.accept("outbound sniffed packet: " + Times.seconds(packet.micros()) + " " + flows.describe(packet));
        unseen.addLast(packet);
        return true;
    }

    /** If a script has to mention everything: requires that no unmentioned packet was sent before {@code micros}. */
    void requireNothingElse(final long micros, final int line) throws ScriptException, IOException {
        Optional<WirePacket> packet = machine.receive(machine.now());
        while (packet.isPresent()) {
            take(packet.get());
            packet = machine.receive(machine.now());
        }
        final WirePacket oldest = unseen.peekFirst();
        if (settings.failOnUnexpected() && oldest != null && oldest.micros() < micros) {
            throw new ScriptException(
                    line,
                    "a packet was sent that the script does not expect"
                            + dump("actual", oldest.micros(), flows.describe(oldest)));
        }
    }
}
