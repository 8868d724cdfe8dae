package io.tapstack.dhcp;

import static io.tapstack.dhcp.DhcpTrace.OFFERED;
import static io.tapstack.dhcp.DhcpTrace.SERVER;
import static io.tapstack.dhcp.DhcpTrace.reply;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 2131 3 and 4.4, RFC 2132, RFC 3396, RFC 3442, RFC 4361 6.1, RFC 5227 2.1, RFC 3927. */
class DhcpClientTest {

    private static final String ALL = "255.255.255.255";

    private static DhcpTrace.Reply full() {
        return reply().lease(3600).mask(255, 255, 255, 0).option(3, 10, 0, 0, 1);
    }

    private static DhcpTrace start() throws SocketErrorException {
        return DhcpTrace.started(DhcpConfig.DEFAULT);
    }

    @Test
    void findsAServerProbesTheAddressAndUsesIt() throws SocketErrorException { // RFC 2131 3.1, RFC 5227 2.1
        final DhcpTrace host = start();
        assertThat(host.sent()).containsExactly("DISCOVER 0.0.0.0 > " + ALL);
        host.receive(full().ofType(2));
        assertThat(host.sent()).containsExactly("REQUEST 0.0.0.0 > " + ALL + " requested 10.0.0.50 server 10.0.0.1");
        host.receive(full());
        assertThat(host.client.state()).isEqualTo(DhcpState.PROBING);
        assertThat(host.client.lease()).isNull();
        host.advanceSeconds(7);
        assertThat(host.sent())
                .startsWith("probe 10.0.0.50", "probe 10.0.0.50", "probe 10.0.0.50")
                .contains("arp 10.0.0.50");
        assertThat(host.client.state()).isEqualTo(DhcpState.BOUND);
        assertThat(host.leases).containsExactly("10.0.0.50/24");
        assertThat(host.router("10.0.0.9")).isEqualTo("link");
        assertThat(host.router("192.0.2.1")).isEqualTo("10.0.0.1");
        host.advanceSeconds(5);
        host.sent();
        host.client.close();
        assertThat(host.leases).containsExactly("10.0.0.50/24", "none");
        host.assertNothingLeaked();
    }

    @Test
    void repeatsWithGrowingIntervals() throws SocketErrorException { // RFC 2131 4.1
        final DhcpTrace host = start();
        host.sent();
        double last = 0;
        final List<Double> intervals = new ArrayList<>();
        while (intervals.size() < 7) {
            host.advanceSeconds(0.01);
            if (!host.sent().isEmpty()) {
                intervals.add(host.nowSeconds() - last);
                last = host.nowSeconds();
            }
        }
        final double[] nominal = {4, 8, 16, 32, 64, 64, 64};
        for (int i = 0; i < nominal.length; i++) {
            assertThat(intervals.get(i)).isBetween(nominal[i] - 1.02, nominal[i] + 1.02);
        }
        host.assertNothingLeaked();
    }

    @Test
    void anUnansweredRequestStartsFromTheBeginning() throws SocketErrorException { // RFC 2131 3.1 (5)
        final DhcpTrace host = start();
        host.sent();
        host.receive(full().ofType(2));
        host.advanceSeconds(4 + 8 + 16 + 32 + 4);
        final List<String> sent = host.sent();
        assertThat(sent.subList(0, 4)).allMatch(frame -> frame.startsWith("REQUEST"));
        assertThat(sent.get(4)).startsWith("DISCOVER");
        host.assertNothingLeaked();
    }

    @Test
    void repliesToOthersAreIgnored() throws SocketErrorException { // RFC 2131 4.4.1
        final DhcpTrace host = start();
        host.sent();
        host.receive(full().ofType(2), 12345, SERVER);
        host.receive(full()); // an ACK without a request
        host.receive(reply().ofType(2)); // no lease time
        host.receive(full().ofType(2).withoutServer());
        host.receive(full().ofType(2).address("0.0.0.0"));
        host.receive(full().ofType(2).address("127.0.0.1"));
        host.receive(full().ofType(2).address("224.0.0.9"));
        host.receive(full().ofType(2).option(12)); // sound, but truncated below
        host.sent();
        assertThat(host.client.state()).isEqualTo(DhcpState.REQUESTING);
        host.assertNothingLeaked();
    }

    @Test
    void theFirstServerGetsTheRequest() throws SocketErrorException { // RFC 2131 3.1 (3)
        final DhcpTrace host = start();
        host.sent();
        host.receive(full().ofType(2));
        host.sent();
        final IpAddress second = IpAddress.parse("10.0.0.3");
        host.receive(full().ofType(2).address("10.0.0.77"));
        assertThat(host.sent()).isEmpty();
        final DhcpTrace.Reply no = reply().ofType(6);
        host.receive(no, transaction(host), second);
        assertThat(host.client.state()).as("its NAK is not for us").isEqualTo(DhcpState.REQUESTING);
        host.assertNothingLeaked();
    }

    /** The number of the present transaction, from a message that is repeated. */
    private static int transaction(final DhcpTrace host) {
        host.advanceSeconds(5);
        final byte[] frame = host.link.takeSent().get(0);
        return ByteBuffer.wrap(frame).getInt(14 + 28 + 4);
    }

    @Test
    void aNakStartsFromTheBeginning() throws SocketErrorException { // RFC 2131 3.1 (4), 4.4.5
        final DhcpTrace host = start();
        host.sent();
        host.receive(full().ofType(2));
        host.sent();
        host.receive(reply().ofType(6));
        assertThat(host.client.state()).isEqualTo(DhcpState.INIT);
        host.advanceSeconds(1);
        assertThat(host.sent()).containsExactly("DISCOVER 0.0.0.0 > " + ALL);
        host.assertNothingLeaked();
    }

    @Test
    void anAddressThatAnotherHostHasIsDeclined() throws SocketErrorException { // RFC 2131 3.1 (5), RFC 5227 2.1
        final DhcpTrace host = start();
        host.sent();
        host.receive(full().ofType(2));
        host.sent();
        host.receive(full());
        host.advanceSeconds(1.5);
        host.sent();
        host.receiveFrame(TestHost.arpReply(TestHost.OTHER_MAC, OFFERED));
        assertThat(host.sent()).containsExactly("DECLINE 0.0.0.0 > " + ALL + " requested 10.0.0.50 server 10.0.0.1");
        assertThat(host.onLink.addresses().size()).isZero();
        host.advanceSeconds(9.9);
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(0.1);
        assertThat(host.sent()).containsExactly("DISCOVER 0.0.0.0 > " + ALL);
        assertThat(host.leases).isEmpty();
        host.assertNothingLeaked();
    }

    @Test
    void renewsAtT1RebindsAtT2AndEndsWithTheLease() throws SocketErrorException { // RFC 2131 4.4.5
        final DhcpTrace host = DhcpTrace.bound(full());
        host.advanceSeconds(1800 - 10 - 0.1);
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(0.2);
        host.receiveFrame(TestHost.arpReply(TestHost.PEER_MAC, SERVER));
        host.receiveFrame(arpReplyTo(OFFERED));
        assertThat(host.client.state()).isEqualTo(DhcpState.RENEWING);
        assertThat(host.sent()).contains("REQUEST 10.0.0.50 > 10.0.0.1 ciaddr 10.0.0.50");
        // Half of the time to T2 (3150 s).
        host.advanceSeconds(674);
        assertThat(host.sent()).noneMatch(frame -> frame.startsWith("REQUEST"));
        host.advanceSeconds(2);
        host.receiveFrame(arpReplyTo(OFFERED));
        assertThat(host.sent()).contains("REQUEST 10.0.0.50 > 10.0.0.1 ciaddr 10.0.0.50");
        host.advanceSeconds(3150.5 - host.nowSeconds());
        assertThat(host.client.state()).isEqualTo(DhcpState.REBINDING);
        assertThat(host.sent()).contains("REQUEST 10.0.0.50 > " + ALL + " ciaddr 10.0.0.50");
        host.advanceSeconds(3599 - host.nowSeconds());
        assertThat(host.client.lease()).isNotNull();
        host.sent();
        host.advanceSeconds(2);
        assertThat(host.client.state()).isEqualTo(DhcpState.SELECTING);
        assertThat(host.sent()).contains("DISCOVER 0.0.0.0 > " + ALL);
        assertThat(host.leases).containsExactly("10.0.0.50/24", "none");
        assertThat(host.router("192.0.2.1")).isEqualTo("none");
        host.assertNothingLeaked();
    }

    private static byte[] arpReplyTo(final IpAddress target) {
        final byte[] arp = Packets.arp(Packets.ARP_REPLY, TestHost.PEER_MAC, SERVER, TestHost.MAC, target);
        return Packets.ethernet(TestHost.MAC, TestHost.PEER_MAC, 0x0806, arp);
    }

    @Test
    void anAcknowledgedRenewalExtendsTheLease() throws SocketErrorException {
        final DhcpTrace host = DhcpTrace.bound(full());
        host.advanceSeconds(1800 - 9);
        host.receiveFrame(arpReplyTo(OFFERED));
        assertThat(host.sent()).anyMatch(frame -> frame.startsWith("REQUEST"));
        host.receive(full().ofType(5));
        assertThat(host.client.state()).isEqualTo(DhcpState.BOUND);
        host.advanceSeconds(1790);
        assertThat(host.client.state()).isEqualTo(DhcpState.BOUND);
        assertThat(host.leases).containsExactly("10.0.0.50/24", "10.0.0.50/24");
        host.assertNothingLeaked();
    }

    @Test
    void aNakOfARenewalEndsTheUseAtOnce() throws SocketErrorException { // RFC 2131 4.4.5
        final DhcpTrace host = DhcpTrace.bound(full());
        host.advanceSeconds(1800 - 9);
        host.receiveFrame(arpReplyTo(OFFERED));
        host.sent();
        host.receive(reply().ofType(6));
        assertThat(host.onLink.addresses().size()).isZero();
        assertThat(host.leases).containsExactly("10.0.0.50/24", "none");
        host.assertNothingLeaked();
    }

    @Test
    void releasesTheAddressAtTheEnd() throws SocketErrorException { // RFC 2131 4.4.6
        final DhcpTrace host = DhcpTrace.bound(full());
        host.receiveFrame(arpReplyTo(OFFERED));
        host.onLink.addresses().get(0);
        host.receiveFrame(TestHost.arpRequest(TestHost.PEER_MAC, SERVER, OFFERED));
        host.sent();
        host.client.close();
        assertThat(host.sent()).contains("RELEASE 10.0.0.50 > 10.0.0.1 ciaddr 10.0.0.50 server 10.0.0.1");
        host.assertNothingLeaked();
    }

    @Test
    void asksForTheAddressOfAnEarlierLease() throws SocketErrorException { // RFC 2131 3.2
        final DhcpTrace host = DhcpTrace.started(new DhcpConfig("box", OFFERED, false));
        assertThat(host.sent()).containsExactly("REQUEST 0.0.0.0 > " + ALL + " requested 10.0.0.50 host box");
        host.receive(full());
        host.advanceSeconds(10);
        assertThat(host.client.state()).isEqualTo(DhcpState.BOUND);
        host.assertNothingLeaked();

        final DhcpTrace refused = DhcpTrace.started(new DhcpConfig("", OFFERED, false));
        refused.sent();
        refused.receive(reply().ofType(6));
        refused.advanceSeconds(1);
        assertThat(refused.sent()).containsExactly("DISCOVER 0.0.0.0 > " + ALL);
        refused.assertNothingLeaked();
    }

    @Test
    void anInfiniteLeaseIsNotRenewed() throws SocketErrorException { // RFC 2131 3.3
        final DhcpTrace host = DhcpTrace.bound(reply().lease(0xFFFF_FFFFL).mask(255, 255, 255, 0));
        host.advanceSeconds(1e8);
        assertThat(host.client.state()).isEqualTo(DhcpState.BOUND);
        host.assertNothingLeaked();
    }

    @Test
    void classlessRoutesReplaceTheRouter() throws SocketErrorException { // RFC 3442
        final DhcpTrace host = DhcpTrace.bound(
                full().option(121, 24, 192, 0, 2, 10, 0, 0, 9, 0, 10, 0, 0, 7, 16, 172, 16, 0, 0, 0, 0, 40, 1));
        assertThat(host.router("192.0.2.1")).isEqualTo("10.0.0.9");
        assertThat(host.router("172.16.3.4")).isEqualTo("link");
        assertThat(host.router("8.8.8.8")).isEqualTo("10.0.0.7");
        host.assertNothingLeaked();
    }

    @Test
    void theLeaseTellsServersDomainAndMtu() throws SocketErrorException { // RFC 2132 3.8, 3.17, 5.1
        final DhcpTrace host = DhcpTrace.bound(full().option(6, 10, 0, 0, 53, 10, 0, 0, 54)
                .option(15, 'l', 'a', 'b')
                .option(26, 0x05, 0x78));
        final DhcpLease lease = Objects.requireNonNull(host.client.lease());
        assertThat(lease.dnsServers()).hasToString("[10.0.0.53, 10.0.0.54]");
        assertThat(lease.domain()).isEqualTo("lab");
        assertThat(host.networkInterface.mtu()).isEqualTo(1400);
        host.assertNothingLeaked();
    }

    @Test
    void longAndOverloadedOptionsAreRead() throws SocketErrorException { // RFC 3396 7, RFC 2131 4.1
        final DhcpTrace host = DhcpTrace.bound(
                reply().lease(3600).option(52, 1).inFile(1, 4, 255, 255, 0, 0, 3, 2, 10, 0, 3, 2, 0, 8, 255));
        assertThat(host.leases).containsExactly("10.0.0.50/16");
        assertThat(host.router("192.0.2.1")).isEqualTo("10.0.0.8");
        host.assertNothingLeaked();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anyOptionsLeaveTheClientSound(final long seed) throws SocketErrorException {
        final SplittableRandom random = new SplittableRandom(seed);
        final DhcpTrace host = start();
        for (int i = 0; i < 2000; i++) {
            host.sent();
            final int[] codes = {1, 3, 6, 15, 26, 51, 52, 54, 58, 59, 121};
            final DhcpTrace.Reply reply = reply().ofType(random.nextInt(8));
            for (int n = random.nextInt(8); n > 0; n--) {
                final int[] value = new int[random.nextInt(3) == 0 ? 4 : random.nextInt(9)];
                for (int b = 0; b < value.length; b++) {
                    value[b] = random.nextInt(256);
                }
                reply.option(codes[random.nextInt(codes.length)], value);
            }
            if (random.nextBoolean()) {
                reply.lease(random.nextInt(10_000));
            }
            host.receive(reply);
            host.advanceSeconds(random.nextInt(20));
            assertThat(host.onLink.addresses().size()).isLessThanOrEqualTo(1);
        }
        host.assertNothingLeaked();
    }

    // ---- RFC 3927

    @Test
    void aLinkLocalAddressWhileNoServerAnswers() throws SocketErrorException { // RFC 3927 2.1, 2.2, 1.9
        final DhcpTrace host = DhcpTrace.started(new DhcpConfig("", null, true));
        host.advanceSeconds(4 + 8 + 16 + 10 + 4);
        final HostAddress address = host.onLink.addresses().get(0);
        assertThat(address.address().toString()).startsWith("169.254.");
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        assertThat(address.prefixLength()).isEqualTo(16);
        host.advanceSeconds(40);
        host.sent();
        host.advanceSeconds(70);
        assertThat(host.sent()).as("it goes on to look for a server").isNotEmpty();
        host.receive(full().ofType(2));
        host.sent();
        host.receive(full());
        host.advanceSeconds(10);
        assertThat(host.onLink.addresses().all()).hasSize(1);
        assertThat(host.leases).containsExactly("10.0.0.50/24");
        host.assertNothingLeaked();
    }

    @Test
    void aLinkLocalAddressThatIsTakenIsReplaced() throws SocketErrorException { // RFC 3927 2.2.1
        final DhcpTrace host = new DhcpTrace(DhcpConfig.DEFAULT);
        final LinkLocalAddress linkLocal = new LinkLocalAddress(host.onLink, host.wheel, new SplittableRandom(7));
        linkLocal.start();
        final List<IpAddress> tried = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            final HostAddress address = linkLocal.address();
            if (address == null) {
                host.advanceSeconds(60);
                continue;
            }
            tried.add(address.address());
            host.advanceSeconds(1);
            host.receiveFrame(TestHost.arpReply(TestHost.OTHER_MAC, address.address()));
        }
        assertThat(tried).hasSize(11).doesNotHaveDuplicates();
        linkLocal.stop();
        host.assertNothingLeaked();
    }
}
