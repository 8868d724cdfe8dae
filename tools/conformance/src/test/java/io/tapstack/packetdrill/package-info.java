@NullMarked
package io.tapstack.packetdrill;

import org.jspecify.annotations.NullMarked;
