package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 4862 5.4, RFC 7527, RFC 9131. */
class DuplicateAddressDetectionTest {

    private static final String US = "2001:db8::2";
    private static final String GROUP = "ff02::1:ff00:2";

    private final NdpTrace host = NdpTrace.bare().start();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    /** Adds the address and advances until its solicitation is sent. */
    private HostAddress probed() {
        final HostAddress address = host.tentative(US);
        host.advanceToTimer();
        assertThat(host.sent()).containsExactly("NS :: > " + GROUP + " target " + US + " nonce");
        return address;
    }

    @Test
    void joinsTheGroupAsksOnceAndAssigns() { // RFC 4862 5.4.2, 5.4; RFC 7527 4.1
        final HostAddress address = host.tentative(US);
        assertThat(host.sent()).isEmpty();
        assertThat(host.groups).isEmpty();
        final double delay = host.advanceToTimer();
        assertThat(delay).isBetween(0.0, 1.0);
        assertThat(host.groups).containsExactly(GROUP);
        assertThat(host.sent()).containsExactly("NS :: > " + GROUP + " target " + US + " nonce");
        host.advanceSeconds(0.999);
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
        host.advanceSeconds(0.001);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        // RFC 9131 6.1.2: an advertisement to the routers, without O.
        assertThat(host.sent()).containsExactly("NA " + US + " > ff02::2 target " + US + " - tlla 02:00:00:00:00:02");
        host.addresses.remove(address);
        assertThat(host.groups).isEmpty();
    }

    @Test
    void hostsThatStartTogetherAskAtDifferentTimes() { // RFC 4862 5.4.2
        final List<Double> delays = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            host.tentative("2001:db8::1:" + i);
            delays.add(host.advanceToTimer());
            host.advanceSeconds(2);
        }
        assertThat(delays).allMatch(delay -> delay >= 0 && delay < 1).doesNotHaveDuplicates();
        host.sent();
    }

    @Test
    void anAdvertisementShowsADuplicate() { // RFC 4862 5.4.4
        final HostAddress address = probed();
        host.receive(US, "ff02::1", NdpBytes.na(US, "O").targetLink(NdpTrace.OTHER_MAC));
        assertThat(address.state()).isEqualTo(AddressState.DUPLICATE);
        assertThat(host.groups).isEmpty();
        host.advanceSeconds(10);
        assertThat(address.state()).isEqualTo(AddressState.DUPLICATE);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void theCheckOfAnotherHostShowsADuplicate() { // RFC 4862 5.4.3
        final HostAddress address = probed();
        host.receive("::", GROUP, NdpBytes.ns(US).nonce(7));
        assertThat(address.state()).isEqualTo(AddressState.DUPLICATE);
    }

    @Test
    void theCheckOfAnotherHostWithoutANonceShowsADuplicate() { // RFC 4862 5.4.3
        final HostAddress address = probed();
        host.receive("::", GROUP, NdpBytes.ns(US));
        assertThat(address.state()).isEqualTo(AddressState.DUPLICATE);
    }

    @Test
    void ourOwnSolicitationComesBackAndIsNoDuplicate() { // RFC 7527 4.1
        final HostAddress address = host.tentative(US);
        host.advanceToTimer();
        final byte[] frame = host.sentFrames().get(0);
        final ByteBuffer message = ByteBuffer.wrap(frame, 54, frame.length - 54).slice();
        final byte[] looped = new byte[message.remaining()];
        message.get(looped);
        host.receive("::", GROUP, 255, false, looped);
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
        // It asks three times more, as the loop may have hidden the other host's answer.
        host.advanceSeconds(3.5);
        assertThat(host.sent()).hasSize(3);
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
        host.advanceSeconds(1);
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
    }

    @Test
    void anAddressResolutionForATentativeAddressIsIgnored() { // RFC 4862 5.4.3
        final HostAddress address = probed();
        host.receive(NdpTrace.PEER, GROUP, NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC));
        assertThat(host.sent()).isEmpty();
        assertThat(host.knows(NdpTrace.PEER)).isFalse();
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
    }

    @Test
    void anAddressInUseStaysInUse() { // RFC 4862 5.4.4: "not defined"; an attacker must not take it away
        host.assigned(US);
        host.receive(US, "ff02::1", NdpBytes.na(US, "O").targetLink(NdpTrace.OTHER_MAC));
        assertThat(host.addresses.all()).allMatch(HostAddress::isUsable);
    }

    @Test
    void withoutProbesTheAddressIsUsedAtOnce() { // RFC 4862 5.1: DupAddrDetectTransmits is 0
        final NdpTrace eager = new NdpTrace(NdpConfig.DEFAULT.withDuplicateProbes(0)).start();
        assertThat(eager.only(HostAddress.Origin.LINK_LOCAL).state()).isEqualTo(AddressState.PREFERRED);
        eager.assertNothingLeaked();
    }

    @Test
    void aSilentStackWaitsForTheAnnouncementOfTheOther() {
        final NdpTrace silent = new NdpTrace(NdpConfig.DEFAULT.silent()).start();
        final HostAddress address = silent.only(HostAddress.Origin.LINK_LOCAL);
        silent.advanceSeconds(10);
        assertThat(silent.sent()).isEmpty();
        assertThat(address.state()).isEqualTo(AddressState.TENTATIVE);
        final String text = address.address().toString();
        silent.receive(text, "ff02::2", NdpBytes.na(text, "").targetLink(NdpTrace.MAC));
        assertThat(address.state()).isEqualTo(AddressState.PREFERRED);
        silent.receive(NdpTrace.ROUTER, text, NdpBytes.ns(text).sourceLink(NdpTrace.ROUTER_MAC));
        assertThat(silent.sent()).isEmpty();
        assertThat(silent.knows(NdpTrace.ROUTER)).isTrue();
        silent.assertNothingLeaked();
    }
}
