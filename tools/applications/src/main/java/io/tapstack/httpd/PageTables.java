package io.tapstack.httpd;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import io.tapstack.socket.MappedFile;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts pages of a mapped file into the page tables of this process, many in one system call, where each would be a page
 * fault of its own later ({@code MADV_POPULATE_READ} of madvise(2), from Linux 5.14 on). An unreadable page is an error
 * number, which is ignored: whoever sends the page will meet it.
 */
final class PageTables {

    private static final Logger LOG = LoggerFactory.getLogger(PageTables.class);
    private static final int MADV_POPULATE_READ = 22;
    private static final long PAGE_BYTES = 4096;

    private PageTables() {}

    /** Populates the pages of a part of {@code file}, which begins at a page. Waits for the disk if it must. */
    static void populate(final MappedFile file, final long position, final long count) {
        final Calls calls = Calls.FOUND.orElse(null);
        if (calls == null) {
            return;
        }
        long done = 0;
        while (done < count) {
            // A slice ends with its chunk.
            final ByteBuffer slice = file.slice(position + done, (int) Math.min(count - done, MappedFile.CHUNK_BYTES));
            calls.madvise(slice);
            done += slice.remaining();
        }
    }

    private static final class Calls {

        /** Empty if the native part of jffi does not load. */
        static final Optional<Calls> FOUND = find();

        private final Invoker invoker = Invoker.getInstance();
        private final MemoryIO memory = MemoryIO.getInstance();
        private final CallContext context = CallContext.getCallContext(
                Type.SINT64, new Type[] {Type.SINT64, Type.SINT64, Type.SINT64}, CallingConvention.DEFAULT, true);
        private final long madvise = Library.getDefault().getSymbolAddress("madvise");

        private Calls() {}

        private static Optional<Calls> find() {
            try {
                final Calls calls = new Calls();
                return calls.madvise == 0 ? Optional.empty() : Optional.of(calls);
            } catch (final LinkageError e) {
                LOG.debug("no native calls", e);
                return Optional.empty();
            }
        }

        void madvise(final ByteBuffer slice) {
            final long address = memory.getDirectBufferAddress(slice);
            final long start = address & -PAGE_BYTES;
            invoker.invokeN3(context, madvise, start, address + slice.remaining() - start, MADV_POPULATE_READ);
            Reference.reachabilityFence(slice);
        }
    }
}
