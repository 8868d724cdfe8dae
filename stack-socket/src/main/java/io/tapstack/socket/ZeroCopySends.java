package io.tapstack.socket;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.ip.ErrorQueue;
import io.tapstack.tcp.TcpConnection;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The sends of a {@link StreamSocket} with {@code MSG_ZEROCOPY}: counts them from 0, and reports their completion in
 * the error queue, so that the application may use their memory again. A direct buffer is sent by reference, until the
 * peer has acknowledged its bytes and no reference is left; other memory is copied, as the report says. Used with the
 * stack's lock held.
 */
final class ZeroCopySends {

    /**
     * Most sends that are not completed, or whose completion was not read: what Linux's net.core.optmem_max allows by
     * default.
     */
    private static final int MAX_OUTSTANDING = 131_072 / ErrorQueue.ENTRY_BYTES;

    private final StreamErrors errors;
    private final BufferPool pool;
    private int nextId;
    private int outstanding;

    ZeroCopySends(final StreamErrors errors, final BufferPool pool) {
        this.errors = errors;
        this.pool = pool;
    }

    /**
     * Begins a send; {@link Call#end} ends it.
     *
     * @return null if too many are outstanding: {@code ENOBUFS}
     */
    @Nullable
    Call begin() {
        return outstanding + errors.queue().zeroCopyReports() < MAX_OUTSTANDING ? new Call() : null;
    }

    /** One send, which takes its id with its first bytes. */
    final class Call {

        private int id;
        private boolean taken;
        private boolean copied;
        // Unreleased regions, and one for the send itself.
        private int pieces = 1;

        /**
         * Appends {@code length} bytes from {@code data}'s position on to the send queue of {@code connection}, and
         * moves the position.
         */
        void append(final TcpConnection connection, final ByteBuffer data, final int length) {
            if (!taken) {
                taken = true;
                id = nextId++;
                outstanding++;
            }
            // Without checksum offload the stack itself copies each segment.
            copied |= !data.isDirect() || !connection.sendsByReference();
            if (data.isDirect()) {
                append(connection, new LentRegion(this, data.slice(data.position(), length)), length);
                data.position(data.position() + length);
                return;
            }
            for (int left = length; left > 0; ) {
                final int part = Math.min(left, BufferPool.BLOCK);
                final Region block = pool.region(part);
                block.bytes().put(0, data, data.position(), part);
                data.position(data.position() + part);
                append(connection, new LentRegion(this, block), part);
                left -= part;
            }
        }

        private void append(final TcpConnection connection, final Region region, final int length) {
            pieces++;
            connection.append(region, 0, length);
            region.release();
        }

        /** The bytes were copied, into a SYN. */
        void copied() {
            taken = true;
            copied = true;
            id = nextId++;
            outstanding++;
        }

        /** The send has ended. */
        void end() {
            released();
        }

        void released() {
            if (--pieces == 0 && taken) {
                outstanding--;
                errors.queue().completed(id, copied);
            }
        }
    }
}
