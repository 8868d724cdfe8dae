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
 * Requests for small files that have come before, byte for byte, with their responses. What a connection's thread has
 * found out about a request, all its rules included, holds for the same bytes again, as long as the file is the same;
 * so the stack's own thread can answer them by a comparison and one question to the file system, without a thread to
 * hand over to.
 *
 * <p>Bounded: a new response takes the place of another. Any thread may call.
 */
final class ReadyResponses {

    /** Longest request that is kept. */
    private static final int MAX_REQUEST_BYTES = 2048;

    private static final int SLOTS = 256;

    /**
     * File systems that tell about a file without asking another machine or process: the stack's thread must not wait
     * for these.
     */
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

    // There are as many threads that answer as there are stacks.
    private final ThreadLocal<ByteBuffer> buffers =
            ThreadLocal.withInitial(() -> ByteBuffer.allocate(MAX_REQUEST_BYTES));

    /** Where the calling thread can read a request to, empty: the same for each request. */
    ByteBuffer buffer() {
        return buffers.get().clear();
    }

    /**
     * The response to the bytes of {@code request} before its position, or null if it is not known or no longer true.
     */
    @Nullable
    ByteBuffer answer(final ByteBuffer request, final long epochMillis) {
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
        return known.at(epochMillis);
    }

    /** How many requests have been answered so. */
    long answers() {
        return answers.sum();
    }

    /**
     * Keeps the response to a request, if that may be.
     *
     * @param request all the bytes of the request
     * @param found the file that it asks for, as it was before it was read
     * @param response see {@link ReadyResponse}
     */
    void learn(final byte[] request, final Site.FoundFile found, final byte[] response, final long epochMillis)
            throws IOException {
        if (request.length >= MAX_REQUEST_BYTES
                || !found.state().isSettled(Instant.ofEpochMilli(epochMillis))
                || !LOCAL.contains(Files.getFileStore(found.path()).type())) {
            return;
        }
        if (found.state().equals(FileState.of(found.asked()))) {
            slots.set(
                    slot(request, request.length),
                    new ReadyResponse(request, found.asked(), found.state(), response, epochMillis));
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
