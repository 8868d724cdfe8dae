package io.tapstack.httpd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Earlier requests for small files, byte for byte, with their responses. The result for a request, all rules included,
 * holds for the same bytes again, while the file is the same; so the stack's own thread can answer them by a comparison
 * and one question to the file system, without another thread.
 *
 * <p>Bounded: a new response replaces another. Any thread may call.
 */
final class ReadyResponses {

    /** Longest request that is kept. */
    private static final int MAX_REQUEST_BYTES = 2048;

    private static final int SLOTS = 256;

    /** File systems that answer without asking another machine or process: the stack's thread must not wait. */
    private static final Set<String> LOCAL = Set.of(
            "ext2",
            "ext3",
            "ext4",
            "xfs",
            "btrfs",
            "f2fs",
            "zfs",
            "tmpfs",
            "ramfs",
            "overlay",
            "squashfs",
            "iso9660",
            "vfat");

    private final AtomicReferenceArray<@Nullable ReadyResponse> slots = new AtomicReferenceArray<>(SLOTS);
    private final LongAdder answers = new LongAdder();

    // As many threads answer as there are stacks.
    private final ThreadLocal<ByteBuffer> buffers =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(MAX_REQUEST_BYTES));

    /** An empty buffer of the calling thread for a request: the same one each time. */
    ByteBuffer buffer() {
        return buffers.get().clear();
    }

    /** The response to the bytes of {@code request} before its position, or null if it is unknown or out of date. */
    @Nullable
    ReadyResponse find(final ByteBuffer request, final long epochMillis) {
        final byte[] bytes = request.array();
        final int length = request.position();
        final int slot = slot(bytes, length);
        final ReadyResponse known = slots.get(slot);
        if (known == null || !known.answers(bytes, length)) {
            return null;
        }
        if (!known.isCurrent(epochMillis)) {
            slots.compareAndSet(slot, known, null);
            return null;
        }
        answers.increment();
        return known;
    }

    /** The number of requests answered. */
    long answers() {
        return answers.sum();
    }

    /**
     * Keeps the response to a request, if it may be kept.
     *
     * @param requestLine the first line of the request
     * @param response as it was made, with the file that it is of
     * @param request all the bytes of the request
     * @param bytes of the response; see {@link ReadyResponse}
     */
    void learn(
            final String requestLine,
            final Response response,
            final byte[] request,
            final byte[] bytes,
            final long epochMillis)
            throws IOException {
        final Site.FoundFile found = response.origin().orElseThrow();
        if (request.length >= MAX_REQUEST_BYTES
                || !found.state().isSettled(Instant.ofEpochMilli(epochMillis))
                || !LOCAL.contains(Files.getFileStore(found.path()).type())) {
            return;
        }
        if (found.state().equals(FileState.of(found.asked()))) {
            slots.set(
                    slot(request, request.length),
                    new ReadyResponse(
                            new ReadyResponse.Summary(requestLine, response.status(), response.bodyLength()),
                            request,
                            found.asked(),
                            found.state(),
                            bytes,
                            epochMillis));
        }
    }

    private static int slot(final byte[] request, final int length) {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + request[i];
        }
        return (hash ^ hash >>> 16) & SLOTS - 1;
    }
}
