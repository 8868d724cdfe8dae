package io.tapstack.httpd;

/** The ways to send a file to a socket. Small files are read and sent together with the head by all of them. */
public enum ServeMethod {
    /** By {@link #SENDFILE} or by a copy into the stack's own memory, as is faster for the file at present. */
    AUTO(new AutoSender()),
    /** {@code read(2)} into a buffer, which is written. */
    COPY(new CopySender()),
    /** The file is mapped, and copied from the mapping into the buffer that is written. */
    MMAP(new MmapSender(MappingCopy::ofThisMachine)),
    /** The file's pages are sent by {@link io.tapstack.transport.StreamConnection#sendFile}, never copied. */
    SENDFILE(new SendfileSender());

    @SuppressWarnings("ImmutableEnumChecker") // what AUTO knows about open files is safe for use by several threads
    private final BodySender sender;

    ServeMethod(final BodySender sender) {
        this.sender = sender;
    }

    BodySender sender() {
        return sender;
    }
}
