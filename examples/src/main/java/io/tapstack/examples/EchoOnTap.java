package io.tapstack.examples;

import io.tapstack.network.Host;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;

/** Echoes one connection of the machine, which is 10.0.0.1 at the other end of a TAP: {@code nc 10.0.0.2 7777}. */
public final class EchoOnTap {

    public static void main(final String[] args) throws Exception {
        // tag::server[]
        TapConfig config = TapConfig.named("tap0").withHostAddress(HostAddress.parse("10.0.0.1/24"));
        try (Host host = Host.on(TapDevice.open(config)).address("10.0.0.2/24").start();
                TapServerSocket server = host.listen(7777);
                TapSocket client = server.accept()) {
            client.input().transferTo(client.output());
        }
        // end::server[]
    }
}
