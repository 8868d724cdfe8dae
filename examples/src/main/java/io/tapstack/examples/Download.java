package io.tapstack.examples;

import io.tapstack.network.Host;
import io.tapstack.socket.TapSocket;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Downloads a page from an HTTP server on the machine, at port 8000 of 10.0.1.1, and prints it with its headers. */
public final class Download {

    public static void main(final String[] args) throws Exception {
        // tag::download[]
        TapConfig config = TapConfig.named("tap1").withHostAddress(HostAddress.parse("10.0.1.1/24"));
        String request = "GET / HTTP/1.0\r\nHost: 10.0.1.1\r\n\r\n";
        try (Host host = Host.on(TapDevice.open(config)).address("10.0.1.2/24").start();
                TapSocket socket = host.connect("10.0.1.1", 8000)) {
            socket.output().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream response = socket.input();
            response.transferTo(System.out);
        }
        // end::download[]
    }
}
