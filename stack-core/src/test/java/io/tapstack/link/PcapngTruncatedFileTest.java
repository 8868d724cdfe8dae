package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A frame that refers to a mapped file may lose its bytes before the capture reads them (touching them would be a
 * SIGBUS).
 */
class PcapngTruncatedFileTest {

    private static final int FILE_BYTES = 1 << 20;
    private static final int CAPTURED_LENGTH_OFFSET = 20;
    private static final int ORIGINAL_LENGTH_OFFSET = 24;

    private static final int HEADERS = 54;
    private static final int PAYLOAD = 20_000;

    /**
     * Everything in an Enhanced Packet Block but the frame: its fields, epb_flags, the end of options, both lengths.
     */
    private static final int BLOCK_OVERHEAD = 28 + 8 + 4 + 4;

    private final BufferPool pool = new BufferPool();
    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource({"1048576, 20000", "530000, 5712", "524288, 0", "0, 0"})
    void whatIsLeftIsCaptured(final int fileBytes, final int payloadLeft, @TempDir final Path directory)
            throws IOException {
        final Path served = directory.resolve("served");
        Files.write(served, new byte[FILE_BYTES]);
        try (FileChannel channel = FileChannel.open(served, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final PacketBuffer frame = pool.packet(256, 64);
            frame.append(HEADERS);
            frame.addSlice(mapping(channel), FILE_BYTES / 2, PAYLOAD);
            final PcapngWriter writer = new PcapngWriter(captured);
            final int device = writer.addInterface(LinkType.ETHERNET, "tap0");
            writer.flush();
            final int before = captured.size();

            channel.truncate(fileBytes);
            writer.write(device, PacketCapture.Direction.OUTBOUND, 0, frame);
            writer.flush();

            final ByteBuffer block = ByteBuffer.wrap(captured.toByteArray(), before, captured.size() - before);
            final int length = HEADERS + payloadLeft;
            assertThat(block.remaining()).isEqualTo(BLOCK_OVERHEAD + (length + 3 & ~3));
            assertThat(block.getInt(before + CAPTURED_LENGTH_OFFSET)).isEqualTo(length);
            assertThat(block.getInt(before + ORIGINAL_LENGTH_OFFSET)).isEqualTo(HEADERS + PAYLOAD);
        }
    }

    private static Region mapping(final FileChannel channel) throws IOException {
        return new Region(channel.map(MapMode.READ_ONLY, 0, FILE_BYTES)) {
            @Override
            public boolean isShared() {
                return true;
            }

            @Override
            public int intactBytes() {
                try {
                    return (int) Math.min(FILE_BYTES, channel.size());
                } catch (final IOException e) {
                    return 0;
                }
            }

            @Override
            protected void recycle() {}
        };
    }
}
