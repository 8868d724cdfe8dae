package io.tapstack.arp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.icmp.IcmpRates;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pcap4j.packet.ArpPacket.ArpHeader;
import org.pcap4j.packet.EthernetPacket;

/** RFC 5227 2.1: probing for the address before it is used. */
class AddressProbeTest {

    private static final long MILLISECOND = 1_000_000;

    private final TestHost host = new TestHost(
            TestLink.ethernet(), ArpConfig.DEFAULT.withProbeAddress(true), IcmpRates.DEFAULT, ReassemblyLimits.DEFAULT);

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    @Test
    void probesThreeTimesThenAnnounces() { // RFC 5227 2.1.1, 2.3 with the constants of 1.1
        assertThat(host.ipv4Interface.isReady()).isFalse();
        final List<Long> times = new ArrayList<>();
        final List<String> senders = new ArrayList<>();
        while (host.now() < 20_000 * MILLISECOND) {
            for (final EthernetPacket frame : host.sent()) {
                final ArpHeader arp =
                        frame.get(org.pcap4j.packet.ArpPacket.class).getHeader();
                times.add(host.now() / MILLISECOND);
                senders.add(arp.getSrcProtocolAddr().getHostAddress());
                assertThat(arp.getDstProtocolAddr().getHostAddress()).isEqualTo("10.0.0.2");
                assertThat(arp.getDstHardwareAddr().toString()).isEqualTo("00:00:00:00:00:00");
            }
            host.advance(MILLISECOND);
        }
        assertThat(senders).containsExactly("0.0.0.0", "0.0.0.0", "0.0.0.0", "10.0.0.2", "10.0.0.2");
        assertThat(times.get(0)).isBetween(0L, 1_000L);
        assertThat(times.get(1) - times.get(0)).isBetween(999L, 2_001L);
        assertThat(times.get(2) - times.get(1)).isBetween(999L, 2_001L);
        assertThat(times.get(3) - times.get(2)).isBetween(1_999L, 2_001L);
        assertThat(times.get(4) - times.get(3)).isBetween(1_999L, 2_001L);
        assertThat(host.ipv4Interface.isReady()).isTrue();
    }

    @Test
    void isSilentAndDeafUntilTheAddressIsOurs() {
        host.receive(TestHost.arpRequest(TestHost.PEER_MAC, TestHost.PEER, TestHost.ADDRESS));
        assertThat(host.sent()).isEmpty();
        assertThat(host.ipv4.path(IpAddress.ANY_IPV4, TestHost.PEER)).isNull();
        host.advanceSeconds(10);
        host.link.takeSent();
        assertThat(host.ipv4.path(IpAddress.ANY_IPV4, TestHost.PEER)).isNotNull();
    }

    @Test
    void givesUpWhenSomebodyUsesTheAddress() { // RFC 5227 2.1.1: a packet with our address as sender
        host.advanceSeconds(1.5);
        host.receive(TestHost.arpReply(TestHost.OTHER_MAC, TestHost.ADDRESS));
        assertThat(host.arp().claims().get(0).state()).isEqualTo(AddressClaim.State.REFUSED);
        host.link.takeSent();
        host.advanceSeconds(60);
        assertThat(host.sent()).isEmpty();
        assertThat(host.ipv4Interface.isReady()).isFalse();
    }

    @Test
    void givesUpWhenSomebodyProbesForTheSameAddress() { // RFC 5227 2.1.1: a probe with another hardware address
        host.advanceSeconds(1.5);
        host.receive(TestHost.arpRequest(TestHost.OTHER_MAC, IpAddress.ANY_IPV4, TestHost.ADDRESS));
        assertThat(host.arp().claims().get(0).state()).isEqualTo(AddressClaim.State.REFUSED);
    }
}
