package io.tapstack.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Opens connections, says so, and holds them until stdin ends: {@code IdleConnections ADDRESS PORT COUNT}. */
public final class IdleConnections {

    private IdleConnections() {}

    /** Runs. */
    public static void main(final String[] arguments) throws IOException {
        final InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        final int count = Integer.parseInt(arguments[2]);
        final List<SocketChannel> connections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            connections.add(SocketChannel.open(server));
        }
        System.out.println(connections.size() + " open");
        while (System.in.read() >= 0) {
            // until the end
        }
        for (final SocketChannel connection : connections) {
            connection.close();
        }
    }
}
