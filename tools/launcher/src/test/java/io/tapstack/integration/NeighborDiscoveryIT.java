package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ndp.NdpProtocol;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Neighbor Discovery with the kernel's: RFC 4861 7, RFC 4862 5.4, RFC 3810. */
@Timeout(60)
class NeighborDiscoveryIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private TestNetwork network;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open(network -> StackConfig.builder(network.ipv4Address())
                .address(InterfaceAddress.parse(network.ipv6Prefix() + "::2/64"))
                .build());
        HostPrograms.run("ip", "addr", "add", host() + "/64", "dev", network.tap(), "nodad");
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    private String host() {
        return network.ipv6Prefix() + "::1";
    }

    private String stack() {
        return network.ipv6Prefix() + "::2";
    }

    static Ipv6Interface onLink(final NetworkStack stack) {
        return Objects.requireNonNull(stack.ipv6()).interfaces().get(0);
    }

    private static NdpProtocol ndp(final NetworkStack stack) {
        return Objects.requireNonNull(onLink(stack).ndp());
    }

    private AddressState state(final String address) {
        return network.look(stack -> {
            final HostAddress found = onLink(stack).addresses().find(IpAddress.parse(address));
            return found == null ? AddressState.REMOVED : found.state();
        });
    }

    private void awaitAddress() {
        await().atMost(LIMIT).until(() -> state(stack()) == AddressState.PREFERRED);
    }

    private String kernelsNeighbor(final String address) throws Exception {
        return HostPrograms.run("ip", "-6", "neigh", "show", address, "dev", network.tap());
    }

    private NeighborState ourNeighbor(final String address) {
        return network.look(stack -> {
            final Neighbor found = ndp(stack).neighbors().find(IpAddress.parse(address));
            return found == null ? NeighborState.EVICTED : found.state();
        });
    }

    @Test
    void theKernelResolvesTheStack() throws Exception {
        awaitAddress();
        HostPrograms.run("ping", "-6", "-n", "-c", "3", "-i", "0.2", "-W", "2", stack());
        assertThat(kernelsNeighbor(stack())).contains("lladdr 02:").containsAnyOf("REACHABLE", "DELAY");
        // Its unicast probe is answered too.
        HostPrograms.run("ip", "-6", "neigh", "change", stack(), "dev", network.tap(), "nud", "probe");
        await().atMost(LIMIT).until(() -> kernelsNeighbor(stack()).contains("REACHABLE"));
    }

    @Test
    void theStackResolvesTheKernel() throws Exception {
        awaitAddress();
        network.look(stack -> sendDatagram(stack, host()));
        await().atMost(LIMIT).until(() -> ourNeighbor(host()) == NeighborState.REACHABLE);
        network.look(stack -> sendDatagram(stack, network.ipv6Prefix() + "::77"));
        await().atMost(LIMIT).until(() -> ourNeighbor(network.ipv6Prefix() + "::77") == NeighborState.FAILED);
    }

    private static boolean sendDatagram(final NetworkStack stack, final String to) {
        try (var endpoint = stack.udp().open(IpAddress.ANY_IPV6)) {
            return endpoint.send(ByteBuffer.allocate(8), new Endpoint(IpAddress.parse(to), 9));
        } catch (final SocketErrorException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void ndisc6FindsTheStack() throws Exception {
        awaitAddress();
        assertThat(HostPrograms.run("ndisc6", "-1", "-r", "3", stack(), network.tap()))
                .contains("Target link-layer address: 02:")
                .contains("from " + stack());
    }

    /** RFC 4861 6.2.6: a host answers no router solicitation. */
    @Test
    void rdisc6FindsNoRouter() throws Exception {
        awaitAddress();
        assertThat(HostPrograms.attempt("rdisc6", "-1", "-r", "1", "-w", "500", network.tap())
                        .output())
                .contains("No response");
    }

    @Test
    void theLinkLocalAddressAnswers() throws Exception {
        awaitAddress();
        final String linkLocal = network.look(stack -> onLink(stack).addresses().all().stream()
                .filter(address -> address.origin() == HostAddress.Origin.LINK_LOCAL)
                .findFirst()
                .orElseThrow()
                .address()
                .toString());
        await().atMost(LIMIT).until(() -> state(linkLocal) == AddressState.PREFERRED);
        assertThat(HostPrograms.run("ping", "-6", "-n", "-c", "2", "-i", "0.2", linkLocal + "%" + network.tap()))
                .contains(" 0% packet loss");
    }

    /** RFC 4862 5.4.4: the kernel has the address first. */
    @Test
    void anAddressOfTheKernelIsADuplicate() throws Exception {
        awaitAddress();
        final String taken = network.ipv6Prefix() + "::d";
        HostPrograms.run("ip", "addr", "add", taken + "/64", "dev", network.tap(), "nodad");
        // The kernel joins the group of the address in a task of its own, and does not hear the check before.
        await().atMost(LIMIT)
                .until(() -> HostPrograms.run("ip", "-6", "maddr", "show", "dev", network.tap())
                        .contains("ff02::1:ff00:d"));
        network.look(stack -> onLink(stack).add(InterfaceAddress.parse(taken + "/64")));
        await().atMost(LIMIT).until(() -> state(taken) == AddressState.DUPLICATE);
        HostPrograms.run("ping", "-6", "-n", "-c", "1", taken);
    }

    /** RFC 4862 5.4.3: the stack has the address first, and the kernel finds out. */
    @Test
    void anAddressOfTheStackIsADuplicateForTheKernel() throws Exception {
        awaitAddress();
        HostPrograms.run("ip", "addr", "add", stack() + "/64", "dev", network.tap());
        await().atMost(LIMIT)
                .until(() -> HostPrograms.run("ip", "-6", "addr", "show", "dev", network.tap())
                        .contains("dadfailed"));
        assertThat(state(stack())).isEqualTo(AddressState.PREFERRED);
    }
}
