package io.tapstack.names;

import io.tapstack.network.Activity;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** A DNS server on a host of a network in memory, over UDP and TCP, with the records of a {@link Zone}. */
final class DnsServer implements AutoCloseable {

    private static final int UDP_BYTES = 512;

    /** The ports that queries came from, over UDP. */
    final List<Integer> ports = new ArrayList<>();

    int tcpQueries;

    private final TapDatagramSocket udp;
    private final TapServerSocket tcp;
    private final Zone zone;

    DnsServer(final MemoryNetwork network, final Host host, final Zone zone) throws IOException {
        this.zone = zone;
        this.udp = host.datagrams(ResolverConfig.PORT);
        this.tcp = host.listen(ResolverConfig.PORT);
        network.start("DNS over UDP", whileOpen(this::serveUdp));
        network.start("DNS over TCP", whileOpen(this::serveTcp));
    }

    private Activity.Task whileOpen(final Activity.Task task) {
        return () -> {
            try {
                task.run();
            } catch (final IOException e) {
                if (!udp.isClosed()) {
                    throw e;
                }
            }
        };
    }

    private void serveUdp() throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(4_096);
        while (true) {
            final InetSocketAddress client = udp.receive(buffer.clear());
            final byte[] query = new byte[buffer.flip().remaining()];
            buffer.get(query);
            ports.add(client.getPort());
            final Message answer = zone.answer(query);
            if (answer.toWire().length > UDP_BYTES) {
                answer.removeAllRecords(Section.ANSWER);
                answer.getHeader().setFlag(Flags.TC);
            }
            udp.send(ByteBuffer.wrap(answer.toWire()), client);
        }
    }

    private void serveTcp() throws IOException {
        while (true) {
            try (TapSocket client = tcp.accept()) {
                final DataInputStream in = new DataInputStream(client.input());
                final byte[] query = in.readNBytes(in.readUnsignedShort());
                tcpQueries++;
                final byte[] answer = zone.answer(query).toWire();
                client.output()
                        .write(ByteBuffer.allocate(answer.length + 2)
                                .putShort((short) answer.length)
                                .put(answer)
                                .array());
            }
        }
    }

    @Override
    public void close() {
        udp.close();
        tcp.close();
    }
}
