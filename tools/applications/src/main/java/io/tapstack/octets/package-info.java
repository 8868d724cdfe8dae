/** Text that is octets on the wire and on disk, whatever the locale of the JVM: names of files, and typed arguments. */
@NullMarked
package io.tapstack.octets;

import org.jspecify.annotations.NullMarked;
