package io.tapstack.examples;

import io.tapstack.network.Host;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;

/** Two hosts whose Ethernet is a {@link UdpTunnel} over the machine's loopback. */
public final class EchoOverUdpTunnel {

    public static void main(final String[] args) throws Exception {
        // tag::tunnel[]
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        DatagramChannel left = DatagramChannel.open().bind(loopback);
        DatagramChannel right = DatagramChannel.open().bind(loopback);
        UdpTunnel toRight = new UdpTunnel(left, right.getLocalAddress());
        UdpTunnel toLeft = new UdpTunnel(right, left.getLocalAddress());
        try (Host server = Host.on(toRight).address("10.9.0.1/24").start();
                Host client = Host.on(toLeft).address("10.9.0.2/24").start();
                TapServerSocket listener = server.listen(7);
                TapSocket socket = client.connect("10.9.0.1", 7);
                TapSocket peer = listener.accept()) {
            socket.output().write('!');
            peer.output().write(peer.input().read());
            System.out.println((char) socket.input().read());
        }
        // end::tunnel[]
    }
}
