package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a script. One of them is under test: packets without ports belong to it. A listener turns into a
 * connection with the first packet to it. Packets with ports belong to the connection of these ports, which is created
 * when it is first mentioned.
 *
 * <p>Confined to one thread.
 */
public final class ScriptFlows {

    private static final int FIRST_REMOTE_PORT = 40_001;

    private final List<ScriptFlow> flows = new ArrayList<>();
    private final PacketWriter writer;
    private final PacketMatcher matcher;
    private final IpAddress remote;
    private final int bindPort;
    private final int connectPort;
    private int nextRemotePort = FIRST_REMOTE_PORT;
    private int listeningPort;
    private @Nullable ScriptFlow underTest;

    /**
     * @param local the stack's address
     * @param remote the script's
     * @param bindPort the stack's port if the script names none
     * @param connectPort the script's port if the stack connects to it
     * @param comparison the compared parts of a segment
     */
    public ScriptFlows(
            final IpAddress local,
            final IpAddress remote,
            final int bindPort,
            final int connectPort,
            final ComparedParts comparison) {
        this.writer = new PacketWriter(local, remote);
        this.matcher = new PacketMatcher(comparison);
        this.remote = remote;
        this.bindPort = bindPort;
        this.connectPort = connectPort;
        this.listeningPort = bindPort;
    }

    // ---- Told by the system calls

    /** A listener is under test: the next packet makes a connection. */
    public void listening(final int port) {
        listeningPort = port;
        underTest = null;
    }

    /**
     * A socket that connects, or sends datagrams, is under test.
     *
     * @param localPort 0 if the stack chooses one
     */
    public ScriptFlow connecting(final int protocol, final int localPort, final int remotePort) {
        final ScriptFlow flow = new ScriptFlow(protocol, localPort, remotePort);
        flows.add(flow);
        underTest = flow;
        return flow;
    }

    /** The port that the stack connects to if the script names none. */
    public int connectPort() {
        return connectPort;
    }

    /** The connection under test, if there is one. */
    public Optional<ScriptFlow> underTest() {
        return Optional.ofNullable(underTest);
    }

    /** The TCP connection between two ports, if the script knows it. */
    public Optional<ScriptFlow> find(final int localPort, final int remotePort) {
        return Optional.ofNullable(find(IpProtocol.TCP, localPort, remotePort));
    }

    // ---- To the stack

    /**
     * The bytes of a packet that the script sends.
     *
     * @throws IOException if it belongs to no socket
     */
    public byte[] write(final PacketSpec packet) throws IOException {
        final ScriptFlow flow = inbound(packet);
        final byte[] bytes = writer.write(packet, flow);
        if (packet instanceof PacketSpec.Tcp tcp && (tcp.flags() & TcpHeader.SYN) != 0) {
            flow.remoteSyn(tcp.sequence());
        }
        return bytes;
    }

    private ScriptFlow inbound(final PacketSpec packet) throws IOException {
        if (packet instanceof PacketSpec.Icmp) {
            return required();
        }
        final int protocol = protocol(packet);
        final Ports ports = packet.ports();
        if (ports != null) {
            final ScriptFlow known = find(protocol, ports.destination(), ports.source());
            return known != null ? known : made(protocol, ports.destination(), ports.source());
        }
        final ScriptFlow flow = underTest;
        if (flow != null && flow.protocol() == protocol) {
            return flow;
        }
        return protocol == IpProtocol.TCP
                ? made(protocol, listeningPort, nextRemotePort++)
                : made(protocol, bindPort, connectPort);
    }

    /** A connection that a packet has made; the first one of a listener is then under test. */
    private ScriptFlow made(final int protocol, final int localPort, final int remotePort) {
        final ScriptFlow flow = new ScriptFlow(protocol, localPort, remotePort);
        flows.add(flow);
        if (underTest == null) {
            underTest = flow;
        }
        return flow;
    }

    // ---- From the stack

    /**
     * The connection of an expected packet.
     *
     * @throws IOException if there is none
     */
    public ScriptFlow outbound(final PacketSpec packet) throws IOException {
        final Ports ports = packet.ports();
        if (ports == null) {
            return required();
        }
        final int protocol = protocol(packet);
        final ScriptFlow known = find(protocol, ports.source(), ports.destination());
        return known != null ? known : made(protocol, ports.source(), ports.destination());
    }

    /** True if a packet of the stack belongs to {@code flow}, which learns a port that the stack has chosen. */
    public boolean isOf(final WirePacket packet, final ScriptFlow flow) {
        if (!packet.isWhole() || !packet.destination().equals(remote)) {
            return false;
        }
        if (packet.isIcmp()) {
            return true;
        }
        if (packet.destinationPort() == flow.remotePort()
                && packet.protocol() == flow.protocol()
                && flow.localPort() == 0
                && (packet.isTcpSyn() || packet.protocol() == IpProtocol.UDP)
                && find(packet.protocol(), packet.sourcePort(), packet.destinationPort()) == null) {
            flow.localPort(packet.sourcePort());
        }
        return hasPortsOf(packet, flow);
    }

    private static boolean hasPortsOf(final WirePacket packet, final ScriptFlow flow) {
        return packet.protocol() == flow.protocol()
                && packet.sourcePort() == flow.localPort()
                && packet.destinationPort() == flow.remotePort();
    }

    /** True for a packet between the stack and the script's end, of any connection. */
    public boolean concerns(final WirePacket packet) {
        return packet.isWhole() && packet.destination().equals(remote);
    }

    /**
     * Compares an expected packet with a packet of the stack.
     *
     * @return the difference; empty if there is none
     */
    public Optional<String> compare(final PacketSpec expected, final WirePacket actual, final ScriptFlow flow) {
        if (expected instanceof PacketSpec.Tcp tcp && actual.protocol() == IpProtocol.TCP) {
            learn(tcp, actual, flow);
        }
        final Optional<String> difference = matcher.difference(expected, PacketReader.read(actual, flow));
        if (difference.isEmpty() && !actual.isIcmp()) {
            for (final byte octet : actual.payload()) {
                if (octet != 0) {
                    return Optional.of("the payload is not what was written (zeros)");
                }
            }
        }
        return difference;
    }

    /** Learns the numbers that the stack has chosen, from the first SYN and from timestamps. */
    private static void learn(final PacketSpec.Tcp expected, final WirePacket actual, final ScriptFlow flow) {
        final TcpHeader tcp = actual.tcp();
        if ((tcp.flags() & expected.flags() & TcpHeader.SYN) != 0) {
            final boolean ack = (tcp.flags() & TcpHeader.ACK) != 0;
            flow.localSyn(
                    tcp.sequence(),
                    expected.sequence(),
                    ack ? OptionalInt.of(tcp.acknowledgment()) : OptionalInt.empty());
        }
        final Optional<TcpOption.Timestamp> wanted = timestamp(expected);
        final Optional<TcpOption.Timestamp> found =
                timestamp((PacketSpec.Tcp) PacketReader.read(actual, new ScriptFlow(IpProtocol.TCP, 0, 0)));
        if (wanted.isPresent() && found.isPresent()) {
            flow.localTimestamp(wanted.get().value(), found.get().value());
        }
    }

    private static Optional<TcpOption.Timestamp> timestamp(final PacketSpec.Tcp segment) {
        final List<TcpOption> options = segment.options();
        return options == null
                ? Optional.empty()
                : options.stream()
                        .filter(TcpOption.Timestamp.class::isInstance)
                        .map(TcpOption.Timestamp.class::cast)
                        .findFirst();
    }

    /** A packet of the stack in the script's notation. */
    public String describe(final WirePacket packet, final ScriptFlow flow) {
        return PacketText.of(PacketReader.read(packet, flow));
    }

    /** A packet of the stack in the script's notation, of any connection. */
    public String describe(final WirePacket packet) {
        for (final ScriptFlow flow : flows) {
            if (hasPortsOf(packet, flow)) {
                return describe(packet, flow);
            }
        }
        return describe(packet, new ScriptFlow(packet.protocol(), 0, 0));
    }

    // ---- Look-up

    private ScriptFlow required() throws IOException {
        final ScriptFlow flow = underTest;
        if (flow == null) {
            throw new IOException("no matching socket for this packet");
        }
        return flow;
    }

    private @Nullable ScriptFlow find(final int protocol, final int localPort, final int remotePort) {
        for (int i = flows.size() - 1; i >= 0; i--) {
            final ScriptFlow flow = flows.get(i);
            if (flow.protocol() == protocol && flow.localPort() == localPort && flow.remotePort() == remotePort) {
                return flow;
            }
        }
        return null;
    }

    private static int protocol(final PacketSpec packet) {
        return packet instanceof PacketSpec.Udp ? IpProtocol.UDP : IpProtocol.TCP;
    }
}
