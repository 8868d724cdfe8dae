package io.tapstack.socket;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

final class JdkDatagramTest extends DatagramContract {

    @Override
    Datagrams bind(final boolean atServer, final int port) throws IOException {
        return new Jdk(new java.net.DatagramSocket(port, InetAddress.getLoopbackAddress()));
    }

    private record Jdk(java.net.DatagramSocket socket) implements Datagrams {

        @Override
        public void connect(final InetSocketAddress remote) throws IOException {
            socket.connect(remote);
        }

        @Override
        @SuppressWarnings("NullAway")
        public void send(final byte[] payload, final InetSocketAddress destination) throws IOException {
            final DatagramPacket packet = new DatagramPacket(payload, payload.length);
            if (destination != null) {
                packet.setSocketAddress(destination);
            }
            socket.send(packet);
        }

        @Override
        public InetSocketAddress receive(final ByteBuffer target) throws IOException {
            final DatagramPacket packet = new DatagramPacket(target.array(), target.position(), target.remaining());
            socket.receive(packet);
            target.position(target.position() + packet.getLength());
            return (InetSocketAddress) packet.getSocketAddress();
        }

        @Override
        public void soTimeout(final int millis) throws IOException {
            socket.setSoTimeout(millis);
        }

        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
