<?php $name = basename($_POST["name"]); echo htmlspecialchars($name); ?>
