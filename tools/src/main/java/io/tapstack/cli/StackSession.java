package io.tapstack.cli;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkDevice;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackDriver;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.time.Clock;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;

/** Our stack behind a TAP device, put together as the options say: device, decorators, stack, driver, sockets. */
final class StackSession implements Session {

    private final StackDriver driver;
    private final Transport transport;
    private final InetAddress address;

    private StackSession(final StackDriver driver, final Transport transport, final InetAddress address) {
        this.driver = driver;
        this.transport = transport;
        this.address = address;
    }

    static Session open(final LinkOptions link) throws IOException {
        if (link.network() == LinkOptions.Network.KERNEL) {
            return new KernelSession();
        }
        final Cidr host = link.hostAddress();
        final TapConfig tap = TapConfig.named(link.tap())
                .withMtu(link.mtu())
                .withHostAddress(new HostAddress(ipAddress(host.address()), host.prefixLength()));
        final LinkDevice device = TapDevice.open(link.noOffload() ? tap.withoutOffload() : tap);
        final Clock clock = Clock.system();
        final InterfaceAddress ours = new InterfaceAddress(
                ipAddress(link.address().address()), link.address().prefixLength());
        StackConfig config = StackConfig.of(ours);
        if (link.gateway().isPresent()) {
            config = config.withGateway(ipAddress(link.gateway().get()));
        }
        final NetworkStack stack = new NetworkStack(device, config, clock.nanoTime());
        final StackDriver driver = new StackDriver(stack, clock, "tapstack");
        final SocketLayer sockets = new SocketLayer(driver.door(), stack);
        driver.start();
        return new StackSession(
                driver, new TapstackTransport(sockets), link.address().address());
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public void close() {
        driver.close();
    }

    private static IpAddress ipAddress(final InetAddress address) {
        return IpAddress.of(address.getAddress());
    }
}
