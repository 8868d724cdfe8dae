package io.tapstack.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

final class TapDatagramTest extends DatagramContract {

    private final List<RealTimeHost> hosts = RealTimeHost.onEthernet();

    @Override
    Datagrams bind(final boolean atServer, final int port) throws IOException {
        final RealTimeHost host = hosts.get(atServer ? 1 : 0);
        return new Tap(new TapDatagramSocket(host.sockets, new InetSocketAddress(host.address, port)));
    }

    @Override
    void closeKit() {
        hosts.forEach(RealTimeHost::close);
    }

    private record Tap(TapDatagramSocket socket) implements Datagrams {

        @Override
        public void connect(final InetSocketAddress remote) throws IOException {
            socket.connect(remote);
        }

        @Override
        public void send(final byte[] payload, final InetSocketAddress destination) throws IOException {
            socket.send(ByteBuffer.wrap(payload), destination);
        }

        @Override
        public InetSocketAddress receive(final ByteBuffer target) throws IOException {
            return socket.receive(target);
        }

        @Override
        public void soTimeout(final int millis) {
            socket.soTimeout(millis);
        }

        @Override
        public InetSocketAddress address() {
            return socket.localAddress();
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
