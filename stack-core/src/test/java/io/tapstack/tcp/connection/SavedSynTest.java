package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.tcp.segment.SavedSyn;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** TCP_SAVE_SYN: the bytes of a frame that are kept. */
class SavedSynTest {

    private static final String ETHERNET = "020000000001" + "020000000002" + "0800";
    private static final String TAGGED = "020000000001" + "020000000002" + "8100" + "6000" + "0800";
    private static final String IP = "4500002c000140004006" + "0000" + "0a000001" + "0a000002";
    private static final String TCP = "9c400050" + "00000001" + "00000000" + "6002ffff" + "00000000" + "020403e8";
    private static final String DATA = "c0ffee";

    private final BufferPool pool = new BufferPool();

    private String saved(final String link, final int mode) {
        final byte[] frame = HexFormat.of().parseHex(link + IP + TCP + DATA);
        final PacketBuffer packet = pool.packet(frame.length, 0);
        packet.memory().bytes().put(packet.append(frame.length), frame);
        packet.stripLinkHeader(link.length() / 2);
        final int ipHeader = packet.head();
        packet.strip(IP.length() / 2);
        final Segment syn = new Segment();
        assertThat(syn.read(packet, 0)).isTrue();
        syn.headersAt(ipHeader, packet.linkHeaderLength());
        assertThat(syn.flags).isEqualTo(TcpHeader.SYN);
        final SavedSyn kept = SavedSyn.of(syn, mode);
        // The saved SYN is a copy.
        Arrays.fill(frame, (byte) 0);
        packet.memory().bytes().put(ipHeader, frame, 0, 20);
        packet.release();
        return kept == null ? "nothing" : HexFormat.of().formatHex(kept.bytes());
    }

    @Test
    void nothingUnlessAskedFor() {
        assertThat(saved(ETHERNET, 0)).isEqualTo("nothing");
    }

    @Test
    void fromTheIpHeaderOn() {
        assertThat(saved(ETHERNET, 1)).isEqualTo(IP + TCP);
    }

    @Test
    void withTheLinkHeader() {
        assertThat(saved(ETHERNET, 2)).isEqualTo(ETHERNET + IP + TCP);
    }

    /** A priority tag is not included, as on Linux. */
    @Test
    void aTagIsLeftOut() {
        assertThat(saved(TAGGED, 2)).isEqualTo(ETHERNET + IP + TCP);
    }

    @Test
    void aLinkWithoutHeader() {
        assertThat(saved("", 2)).isEqualTo(IP + TCP);
    }
}
