package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackDriver;
import io.tapstack.time.Clock;
import io.tapstack.wire.Endpoint;
import java.net.InetAddress;
import java.util.List;

/** A stack that runs in real time, with its sockets. */
final class RealTimeHost implements AutoCloseable {

    final InetAddress address;
    final Endpoint endpoint;
    final NetworkStack stack;
    final StackDriver driver;
    final SocketLayer sockets;

    private RealTimeHost(final LinkDevice device, final String address) {
        final Clock clock = Clock.system();
        final InterfaceAddress ours = InterfaceAddress.parse(address);
        this.stack = new NetworkStack(device, StackConfig.of(ours), clock.nanoTime());
        this.driver = new StackDriver(stack, clock, "stack " + address);
        this.sockets = new SocketLayer(driver.stackLock(), stack);
        this.endpoint = new Endpoint(ours.address(), 0);
        this.address = InetEndpoints.socketAddress(endpoint).getAddress();
        driver.start();
    }

    /** Two hosts, 10.1.0.1 and 10.1.0.2, on an Ethernet without offload. */
    static List<RealTimeHost> onEthernet() {
        return on(LinkCapabilities.plain(LinkType.ETHERNET, 1_500));
    }

    /** The same on a link that takes super-segments with unfinished checksums, as a TAP with offloads does. */
    static List<RealTimeHost> onOffloadingLink() {
        return on(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
    }

    private static List<RealTimeHost> on(final LinkCapabilities capabilities) {
        final TestCable cable = new TestCable(capabilities);
        return List.of(new RealTimeHost(cable.left(), "10.1.0.1/24"), new RealTimeHost(cable.right(), "10.1.0.2/24"));
    }

    /** Ends the stack, which must have run until now. */
    @Override
    public void close() {
        final Throwable failure = driver.failure();
        driver.close();
        assertThat(failure).isNull();
        assertThat(driver.failure()).isNull();
        assertThat(stack.timers().armedTimers()).as("timers after the end").isZero();
        assertThat(stack.pool().packetsInUse()).as("packets after the end").isZero();
        assertThat(stack.pool().regionsInUse()).as("blocks after the end").isZero();
    }
}
